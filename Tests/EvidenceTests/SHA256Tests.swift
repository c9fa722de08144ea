import Evidence
import Testing

@Suite struct SHA256Tests {
    /// Examples of FIPS 180-4 (NIST's own example documents).
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256KnownAnswers(_ text: String, _ digest: String) {
        #expect(SHA256Digest(of: Array(text.utf8)).hexadecimal == digest)
        let half = text.utf8.count / 2
        let parts = SHA256Digest(
            of: Array(text.utf8.prefix(half)), Array(text.utf8.dropFirst(half)))
        #expect(parts.hexadecimal == digest, "parts are hashed as if they were joined")
    }

    @Test func storedDigestsReadBack() {
        let digest = SHA256Digest(of: [1, 2, 3])
        #expect(SHA256Digest(stored: digest.bytes) == digest)
        #expect(SHA256Digest(stored: []) == .zero)
        #expect(digest.first128Bits >> 120 == UInt128(digest.bytes[0]))
    }
}
