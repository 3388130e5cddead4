package dev.midge.nats.internal.protocol

/**
 * The hash by which subjects find their connection or shard. Part of a specification, `dev.midge.nats.ShardMapping`: it cannot change.
 */
internal object SubjectHash {
    private val FNV_OFFSET_BASIS = 0xcbf29ce484222325UL.toLong()
    private const val FNV_PRIME = 0x100000001b3L
    private val MIX_1 = 0xff51afd7ed558ccdUL.toLong()
    private val MIX_2 = 0xc4ceb9fe1a85ec53UL.toLong()
    private const val MIX_SHIFT = 33

    /** FNV-1a with 64 bits, by Fowler, Noll and Vo. */
    fun fnv1a(bytes: ByteArray): Long {
        var hash = FNV_OFFSET_BASIS
        for (byte in bytes) hash = (hash xor (byte.toLong() and 0xff)) * FNV_PRIME
        return hash
    }

    /** The finalizer of MurmurHash3 with 64 bits, by Austin Appleby: each bit of the input changes each bit of the result half of the time. */
    fun mix(value: Long): Long {
        var mixed = value
        mixed = (mixed xor (mixed ushr MIX_SHIFT)) * MIX_1
        mixed = (mixed xor (mixed ushr MIX_SHIFT)) * MIX_2
        return mixed xor (mixed ushr MIX_SHIFT)
    }

    /** A number from 0 until [count] for [hash]: its upper 32 bits once mixed, scaled. */
    fun bucket(hash: Long, count: Int): Int = ((mix(hash) ushr Int.SIZE_BITS) * count ushr Int.SIZE_BITS).toInt()
}
