package dev.midge.nats.internal.auth

import io.kotest.core.spec.style.FunSpec
import io.kotest.datatest.withTests
import io.kotest.matchers.shouldBe
import java.util.Base64
import java.util.HexFormat

private class Vector(val seed: String, val public: String, val message: String, val signature: String)

private fun bytes(hex: String): ByteArray = HexFormat.of().parseHex(hex)

class Ed25519KeyPairSpec :
    FunSpec({
        context("the test vectors of RFC 8032, section 7.1") {
            withTests(
                nameFn = { "message '${it.message}'" },
                Vector(
                    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                    "",
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
                        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
                ),
                Vector(
                    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                    "72",
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
                        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
                ),
                Vector(
                    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                    "af82",
                    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
                        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
                ),
            ) { vector ->
                val pair = Ed25519KeyPair.of(bytes(vector.seed))
                pair.publicKey shouldBe bytes(vector.public)
                pair.sign(bytes(vector.message)) shouldBe bytes(vector.signature)
            }
        }

        test("signs as other clients do") {
            val pair = Ed25519KeyPair.of(NKeyCodec.decodeSeed(KNOWN_SEED.toCharArray()).bytes)
            Base64.getUrlEncoder().withoutPadding().encodeToString(pair.sign("nonce".encodeToByteArray())) shouldBe KNOWN_SIGNATURE
        }

        test("does not change the seed that it is made of") {
            val seed = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
            Ed25519KeyPair.of(seed).sign(ByteArray(1))
            seed shouldBe bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        }
    })
