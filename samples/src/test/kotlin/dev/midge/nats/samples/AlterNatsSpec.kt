package dev.midge.nats.samples

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.ints.shouldBeGreaterThan
import java.nio.file.Path
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readLines
import kotlin.io.path.readText

/** The committed API of all modules: what each class, named without its package, has. */
private class PublicApi {
    private val members = HashMap<String, MutableSet<String>>()
    private val above = HashMap<String, List<String>>()

    init {
        Path.of("..").listDirectoryEntries().map { it.resolve("api") }.filter { it.exists() }
            .flatMap { it.listDirectoryEntries("*.api") }
            .forEach { read(it.readLines()) }
    }

    private fun read(lines: List<String>) {
        var owner = ""
        for (line in lines) {
            CLASS.find(line)?.let { match ->
                owner = simple(match.groupValues[1])
                members.getOrPut(owner) { HashSet() }
                above[owner] = match.groupValues[2].split(", ").filter { it.startsWith("dev/midge") }.map(::simple)
            }
            // Functions with value classes in their signature have a hash behind their name.
            MEMBER.find(line)?.let { members.getValue(owner) += it.groupValues[1].substringBefore('-') }
        }
    }

    private fun simple(path: String): String = path.substringAfterLast('/').replace('$', '.')

    /** Whether [name] is a class, or a member that its class has or inherits. */
    operator fun contains(name: String): Boolean {
        if (name in members) return true
        val owner = name.substringBeforeLast('.', "")
        val member = name.substringAfterLast('.')
        val forms = setOf(member, "get" + member.replaceFirstChar { it.uppercase() })
        return members[owner].orEmpty().any(forms::contains) ||
            members["$owner.Companion"].orEmpty().any(forms::contains) ||
            above[owner].orEmpty().any { "$it.$member" in this }
    }

    private companion object {
        val CLASS = Regex("^public .*(?:class|interface) (\\S+)(?: : (.*))? \\{$")
        val MEMBER = Regex("^\tpublic .*(?:fun|field) (\\S+)")
    }
}

/** docs/alternats.md names what there is. */
class AlterNatsSpec :
    FunSpec({
        val api = PublicApi()
        val rows = Path.of("../docs/alternats.md").readText().lines()
            .filter { it.startsWith("| ") && !it.startsWith("| AlterNats |") }
            .map { row -> row.removeSurrounding("|").split('|').map { it.trim() } }
        val names = Regex("`([^`]+)`")

        test("every row says what becomes of something, or why nothing does") {
            rows.size shouldBeGreaterThan 60
            rows.filter { it.size != 3 || it[0].isBlank() || (it[1].isBlank() && it[2].isBlank()) }.shouldBeEmpty()
        }

        test("every name in the middle column is in the committed API") {
            val named = rows.flatMap { row -> names.findAll(row[1]).map { it.groupValues[1] } }
            named.size shouldBeGreaterThan 80
            // Extensions of the interfaces: they belong to no class that one would name.
            val typed = setOf("publish", "tryPublish")
            named.filterNot { it in typed || it in api }.shouldBeEmpty()
        }
    })
