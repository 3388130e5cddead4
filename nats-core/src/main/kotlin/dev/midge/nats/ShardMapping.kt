package dev.midge.nats

import dev.midge.nats.internal.client.requirePublishable
import dev.midge.nats.internal.protocol.SubjectHash

/**
 * Which of several groups of servers a subject belongs to: rendezvous hashing (highest random weight; Thaler and Ravishankar, 1998).
 *
 * A subject stays where it is unless its own group goes, or a new group comes that it belongs to: with `n` groups, one that goes or comes
 * moves about `1 / n` of all subjects, and no others. The order of the groups does not matter.
 *
 * The mapping is fixed, so that other programs, in any language, can agree on it. All numbers are unsigned with 64 bits, all arithmetic is
 * modulo 2^64:
 *
 * - `fnv1a(bytes)`: `h = 0xcbf29ce484222325`; for each byte `h = (h xor byte) * 0x100000001b3`; the result is `h` (FNV-1a).
 * - `mix(k)`: `k = (k xor (k >> 33)) * 0xff51afd7ed558ccd`; `k = (k xor (k >> 33)) * 0xc4ceb9fe1a85ec53`; the result is
 *   `k xor (k >> 33)` (the finalizer of MurmurHash3).
 * - The weight of a group for a subject is `mix(mix(fnv1a(name of the group)) xor fnv1a(subject))`, of the bytes of their UTF-8 encodings.
 * - A subject belongs to the group with the greatest weight. There are no ties, because groups whose names have the same hash are refused.
 *
 * For example, of the groups `east`, `west` and `north`, `orders.created` belongs to `west` (weights `9fe9d2fd6ff30070`, `cdbfaab55a012697`,
 * `53b78de233feb81c`) and `orders.eu.created` to `east` (`9d52b6ef323e7ff6`, `788827aa3853da34`, `758d1c802e8d45e8`).
 *
 * Immutable. Finding a group allocates nothing.
 *
 * @property groups the names of the groups.
 * @constructor a mapping to [groups].
 *   Throws [IllegalArgumentException] if there is none, or two have the same name.
 */
public class ShardMapping(groups: List<String>) {
    @get:JvmName("groups")
    public val groups: List<String> = groups.toList()
    private val keys = LongArray(groups.size) { SubjectHash.mix(SubjectHash.fnv1a(groups[it].encodeToByteArray())) }

    init {
        require(groups.isNotEmpty()) { "there is no group to map subjects to" }
        for ((name, same) in groups.groupBy { SubjectHash.fnv1a(it.encodeToByteArray()) }.values.map { it.first() to it.drop(1) }) {
            require(same.isEmpty()) { "the groups '$name' and '${same.first()}' cannot be told apart; give one of them another name" }
        }
    }

    /**
     * The group that [subject] belongs to.
     *
     * @throws InvalidSubjectException if [subject] holds a wildcard: it may match subjects of every group.
     */
    public fun groupOf(subject: Subject): String = groups[indexOf(subject)]

    /** As the one with a [Subject]. */
    public fun groupOf(subject: String): String = groupOf(Subject(subject))

    internal fun indexOf(subject: Subject): Int {
        requirePublishable(subject)
        val hash = subject.hash
        var best = 0
        var greatest = SubjectHash.mix(keys[0] xor hash)
        for (i in 1 until keys.size) {
            val weight = SubjectHash.mix(keys[i] xor hash)
            if (java.lang.Long.compareUnsigned(weight, greatest) > 0) {
                greatest = weight
                best = i
            }
        }
        return best
    }

    override fun toString(): String = "ShardMapping($groups)"
}
