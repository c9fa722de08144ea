import Evidence
import Hexadecimal
import Testing

@Suite struct SuiteTests {
    /// The examples of GB/T 32905 (A.1, A.2).
    @Test(arguments: [
        ("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (
            String(repeating: "abcd", count: 16),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        ),
    ])
    func sm3KnownAnswers(_ text: String, _ digest: String) {
        #expect(SuiteHasher(.sm).hash(bytes(of: text)).hexadecimal == digest)
    }

    /// GB/T 32918.5, annex A: key, identifier, message and signature.
    @Test func sm2KnownAnswer() throws {
        let key = try #require(
            PrivateKey(
                .sm, bytes("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")))
        #expect(
            hexadecimal(key.publicKey.bytes) == "04"
                + "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                + "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13")
        let signature = bytes(
            "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
                + "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa")
        #expect(key.publicKey.verifies(signature, of: bytes(of: "message digest")))
        #expect(!key.publicKey.verifies(signature, of: bytes(of: "message Digest")))
    }

    /// RFC 8032, 7.1, test 2.
    @Test func ed25519KnownAnswer() throws {
        let key = try #require(
            PrivateKey(
                .intl, bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")))
        #expect(
            hexadecimal(key.publicKey.bytes)
                == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        #expect(
            hexadecimal(key.signature(of: [0x72]))
                == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
    }

    @Test(arguments: Suite.allCases)
    func anyChangeOfASignatureIsFound(_ suite: Suite) throws {
        let key = try #require(
            PrivateKey(suite, bytes(of: "what everybody knows is not a key")[..<32].map { $0 }))
        let message = bytes(of: "the text")
        let signature = key.signature(of: message)
        #expect(key.publicKey.verifies(signature, of: message))
        #expect(!key.publicKey.verifies(signature, of: message + [0]))
        #expect(!key.publicKey.verifies(signature.dropLast(), of: message))
        #expect(!key.publicKey.verifies([UInt8](repeating: 0, count: 64), of: message))
        #expect(!key.publicKey.verifies([UInt8](repeating: 0xFF, count: 64), of: message))
        for place in signature.indices {
            var wrong = signature
            wrong[place] ^= 1
            #expect(!key.publicKey.verifies(wrong, of: message))
        }
    }

    @Test func whatIsNoKeyIsRefused() {
        #expect(PrivateKey(.sm, [UInt8](repeating: 0, count: 32)) == nil)
        #expect(PrivateKey(.sm, [UInt8](repeating: 0xFF, count: 32)) == nil)
        #expect(PrivateKey(.intl, [1, 2, 3]) == nil)
        #expect(PublicKey(.sm, [4] + [UInt8](repeating: 1, count: 64)) == nil)
        #expect(PublicKey(.sm, [3] + [UInt8](repeating: 1, count: 64)) == nil)
        #expect(PublicKey(.intl, [UInt8](repeating: 1, count: 31)) == nil)
    }

    /// RFC 4648, 10, and texts that have another one.
    @Test func base64HasOneTextForBytes() {
        let known = [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ]
        for (plain, text) in known {
            #expect(Base64.text(plain.utf8) == bytes(of: text))
            #expect(Base64.bytes(text.utf8) == bytes(of: plain))
        }
        for text in ["Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 8", "Zm8-", "="] {
            #expect(Base64.bytes(text.utf8) == nil)
        }
    }
}
