extension TrustPolicy {
    /// Reads a KEYS file.
    ///
    /// - Throws: naming the line, for anything that C2SP tlog-policy or this program does not know,
    ///   keys of two suites, and no log at all.
    /// - Complexity: O(bytes), and O(n²) in its lines, of which it has at most 64 of a kind.
    package init(_ bytes: [UInt8]) throws(EvidenceFault) {
        self.init()
        guard bytes.count <= TrustPolicy.mostBytes else {
            throw EvidenceFault("the policy has more than \(TrustPolicy.mostBytes) bytes")
        }
        var reader = PolicyReader()
        var lines = TextLines(bytes[...])
        var number = 0
        while let line = lines.next() {
            number += 1
            do { try reader.take(line, into: &self) } catch {
                throw EvidenceFault("line \(number): \(error)")
            }
        }
        guard lines.isAtEnd else { throw EvidenceFault("the policy's last line has no end") }
        guard reader.hasQuorum else { throw EvidenceFault("the policy has no quorum") }
        guard !logs.isEmpty else { throw EvidenceFault("the policy names no log") }
    }
}

/// What was read of a policy so far: names are only good within it.
private struct PolicyReader {
    var hasQuorum = false
    private var members: [[UInt8]: TrustPolicy.Member] = [:]
    /// Those that a group has already.
    private var taken: Set<TrustPolicy.Member> = []

    private static let remark = UInt8(ascii: "#")
    private static let directive = Array("#langqiao:".utf8)
    private static let none = Array("none".utf8)

    mutating func take(
        _ line: ArraySlice<UInt8>, into policy: inout TrustPolicy
    ) throws(EvidenceFault) {
        guard line.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else {
            throw EvidenceFault("it has a control character")
        }
        let words = line.split { $0 == 0x20 || $0 == 0x09 }.map { Array($0) }
        guard let first = words.first else { return }
        if first.starts(with: PolicyReader.directive) {
            let name = first.dropFirst(PolicyReader.directive.count)
            return try PolicyReader.direct(
                String(decoding: name, as: UTF8.self), Array(words.dropFirst()), &policy)
        }
        guard first[0] != PolicyReader.remark else { return }
        switch (String(decoding: first, as: UTF8.self), words.count) {
        case ("log", 2...3):
            try PolicyReader.add(words[1], .note, to: &policy.logs, policy)
        case ("witness", 3...4):
            try PolicyReader.add(words[2], .cosignature, to: &policy.witnesses, policy)
            try name(words[1], .witness(policy.witnesses.count - 1))
        case ("group", 4...):
            try group(words, &policy)
        case ("quorum", 2):
            guard !hasQuorum else { throw EvidenceFault("a policy has one quorum") }
            hasQuorum = true
            policy.quorum = words[1] == PolicyReader.none ? nil : try member(words[1])
        default: throw EvidenceFault("it is no line of a policy")
        }
    }

    private static func add(
        _ text: [UInt8], _ kind: SignatureKind, to keys: inout [TrustedKey],
        _ policy: TrustPolicy
    ) throws(EvidenceFault) {
        let key = try VerifierKey(text)
        guard key.kind == kind else {
            throw EvidenceFault("the key of \(key.name) is not for such signatures")
        }
        let others = policy.logs + policy.witnesses
        guard others.allSatisfy({ $0.verifier.key.suite == key.key.suite }) else {
            throw EvidenceFault("the key of \(key.name) is of another suite")
        }
        guard !keys.contains(where: { $0.verifier.key == key.key }) else {
            throw EvidenceFault("the key of \(key.name) is there twice")
        }
        guard !others.contains(where: { $0.verifier.identifier == key.identifier }) else {
            throw EvidenceFault("the identifier of \(key.name) is that of another key")
        }
        guard keys.count < TrustPolicy.mostEntries else {
            throw EvidenceFault("the policy has more than \(TrustPolicy.mostEntries) such lines")
        }
        keys.append(TrustedKey(verifier: key))
    }

    private mutating func name(
        _ name: [UInt8], _ member: TrustPolicy.Member
    ) throws(EvidenceFault) {
        guard name != PolicyReader.none, members.updateValue(member, forKey: name) == nil else {
            throw EvidenceFault("the name means something else already")
        }
    }

    private func member(_ name: [UInt8]) throws(EvidenceFault) -> TrustPolicy.Member {
        guard let member = members[name] else {
            throw EvidenceFault("no line before names a witness or group like this")
        }
        return member
    }

    private mutating func group(
        _ words: [[UInt8]], _ policy: inout TrustPolicy
    ) throws(EvidenceFault) {
        var group: [TrustPolicy.Member] = []
        for word in words[3...] {
            let member = try member(word)
            guard taken.insert(member).inserted else {
                throw EvidenceFault("a member is in two groups, or twice in one")
            }
            group.append(member)
        }
        let threshold: Int
        switch String(decoding: words[2], as: UTF8.self) {
        case "all": threshold = group.count
        case "any": threshold = 1
        default:
            guard let stated = PlainNumber(utf8: words[2])?.value,
                (1...UInt64(group.count)).contains(stated)
            else { throw EvidenceFault("the group's threshold is not all, any or a number of it") }
            threshold = Int(stated)
        }
        guard policy.groups.count < TrustPolicy.mostEntries else {
            throw EvidenceFault("the policy has more than \(TrustPolicy.mostEntries) such lines")
        }
        policy.groups.append(TrustPolicy.WitnessGroup(threshold: threshold, members: group))
        try name(words[1], .group(policy.groups.count - 1))
    }

    /// A line that other programs read as a remark.
    private static func direct(
        _ name: String, _ words: [[UInt8]], _ policy: inout TrustPolicy
    ) throws(EvidenceFault) {
        let numbers = words.map { PlainNumber(utf8: $0)?.value }
        switch (name, words.count) {
        case ("nodes", 1):
            guard policy.nodes == nil, let count = numbers[0],
                (1...UInt64(TrustPolicy.mostEntries)).contains(count)
            else { throw EvidenceFault("the number of nodes is none, or stated twice") }
            policy.nodes = Int(count)
        case ("valid", 3):
            guard let from = numbers[1], let until = numbers[2], from < until else {
                throw EvidenceFault("no size of a tree lies between these")
            }
            try change(words[0], &policy) { $0.sizes = from..<until }
        case ("revoked", 2):
            guard let time = numbers[1] else { throw EvidenceFault("the time is not a number") }
            try change(words[0], &policy) { $0.revoked = time }
        default: throw EvidenceFault("it is no line that is known here")
        }
    }

    /// Changes what is said of a key on a line before.
    private static func change(
        _ word: [UInt8], _ policy: inout TrustPolicy, _ body: (inout TrustedKey) -> Void
    ) throws(EvidenceFault) {
        let identifier = KeyIdentifier(utf8: word)
        if let place = policy.logs.firstIndex(where: { $0.verifier.identifier == identifier }) {
            body(&policy.logs[place])
        } else if let place = policy.witnesses.firstIndex(where: {
            $0.verifier.identifier == identifier
        }) {
            body(&policy.witnesses[place])
        } else {
            throw EvidenceFault("no line before has a key with this identifier")
        }
    }
}
