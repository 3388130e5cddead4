package dev.midge.nats.testing.internal.binary

/**
 * One `nats-server` that Debian ships.
 *
 * @property revision Debian's whole version of the package that [sha256] pins.
 * @property sha256 the package's checksum by Debian architecture.
 */
internal class DebianPackage(val version: String, val revision: String, val suite: String, private val sha256: Map<String, String>) {
    /** The checksum for [architecture]; `null` where none is pinned, and then only the archive's signature vouches for the package. */
    fun pinnedSha256(architecture: String): String? = sha256[architecture]

    companion object {
        /** The versions known to run unpacked on Debian 12 and later, oldest first. */
        val ALL: List<DebianPackage> =
            listOf(
                DebianPackage(
                    version = "2.9.10",
                    revision = "2.9.10-1+b3",
                    suite = "bookworm",
                    sha256 =
                    mapOf(
                        "amd64" to "9f69ebb6f612e652382fde175622160dcd81fd97f2356f5da80bb5c3f48513dd",
                        "arm64" to "7748c8906ffbaf4f08018c61eeeb5f5e57b4f7bd5307415a802450141b0ee8cd",
                    ),
                ),
                DebianPackage(
                    version = "2.10.27",
                    revision = "2.10.27-1+b2",
                    suite = "trixie",
                    sha256 =
                    mapOf(
                        "amd64" to "6d913ac987b78734c08537c2adeb1526cf735f216173a9170d94b185fcfe6f8a",
                        "arm64" to "0c9a617510b28c1b4fb4a38aabea6ab8cd7f026247f2abdff8b955b2278ce049",
                    ),
                ),
                DebianPackage(
                    version = "2.15.1",
                    revision = "2.15.1-1",
                    suite = "sid",
                    sha256 =
                    mapOf(
                        "amd64" to "31ef4ceaa84e8248d449e508472e3770c17c3695cb5cb0ee96e03912724ea884",
                        "arm64" to "68923b614b6b5594bbd63ffdce7258c2155ec448fb4cb7efd099bf9273eca128",
                    ),
                ),
            )

        /** The package of [version], if Debian is known to ship it. */
        fun of(version: String): DebianPackage? = ALL.find { it.version == version }
    }
}
