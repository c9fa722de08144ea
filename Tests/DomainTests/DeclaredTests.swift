internal import Chance
internal import Domain
internal import Scenarios
internal import Testing

/// Every declared command and row, through every visitor of this module.
@Suite struct DeclaredTests {
    @Test(arguments: DeclaredCommands.all.map { $0.name })
    func aCommandHasOneForm(name: String) throws {
        let type = try #require(DeclaredCommands.all.first { $0.name == name })
        var random = SplitMix64(seed: 17)
        try check(type, &random)
    }

    private func check<Command: DeclaredCommand>(
        _ type: Command.Type, _ random: inout SplitMix64
    ) throws {
        let names = type.fieldNames.map(\.name)
        #expect(!names.isEmpty && Set(names).count == names.count)
        #expect(type.bodySize % 8 == 0 && type.bodySize > 0)
        #expect(type.kind.description == type.name)
        for _ in 0..<200 {
            let command = random.declared(type)
            let bytes = EncodedCommand(.declared(command)).bytes
            #expect(bytes.count == 8 + type.bodySize)
            let batch = try Batch(
                decoding: Batch([EncodedCommand(.declared(command))], timestamp: 1).bytes)
            batch.forEachCommand { _, item in #expect(item.command == .declared(command)) }
        }
    }

    /// Whatever changes in a row, but for its details, changes its hash; so every field has words
    /// of its own.
    @Test(arguments: DeclaredRows.all.map { $0.table })
    func everyFieldOfARowIsInItsHash(table: String) throws {
        let type = try #require(DeclaredRows.all.first { $0.table == table })
        var random = SplitMix64(seed: 18)
        check(type, &random)
    }

    private func check<Row: DeclaredRow>(_ type: Row.Type, _ random: inout SplitMix64) {
        let fields = type.fieldNames.filter { !$0.isShown }.count
        for _ in 0..<50 {
            let row = random.declared(type)
            let other = random.declared(type)
            var hashes: Set = [row.stateHash]
            for field in 0..<fields {
                var mixed = row
                mixed.take(field, from: other)
                let isChanged = mixed != row
                #expect(hashes.insert(mixed.stateHash).inserted == isChanged, "field \(field)")
            }
            #expect(row.withoutDetails().stateHash == row.stateHash)
        }
    }

    /// Fields that share a word of the hash have bits of their own.
    @Test(arguments: DeclaredRows.all.map { $0.table })
    func fieldsDoNotMeetInTheHash(table: String) throws {
        let type = try #require(DeclaredRows.all.first { $0.table == table })
        var taken = HashBits()
        visit(type, &taken)
        #expect(taken.collisions == [])
    }

    private func visit<Row: DeclaredRow>(_ type: Row.Type, _ fields: inout HashBits) {
        var row = Row()
        row.visit(&fields)
    }

    @Test func seedsAndTablesAreUsedOnce() {
        let seeds = DeclaredRows.all.map { $0.hashSeed } + [3, 4, 5]
        #expect(Set(seeds).count == seeds.count)
        #expect(Set(DeclaredRows.all.map { $0.table }).count == DeclaredRows.all.count)
    }

    /// A row as text says everything that is not as in a new one, and nothing else is read.
    @Test(arguments: DeclaredRows.all.map { $0.table })
    func aRowIsReadFromItsTexts(table: String) throws {
        let type = try #require(DeclaredRows.all.first { $0.table == table })
        var random = SplitMix64(seed: 20)
        readBack(type, &random)
    }

    private func readBack<Row: DeclaredRow>(_ type: Row.Type, _ random: inout SplitMix64) {
        #expect(Row().fieldTexts.isEmpty && Row(fieldTexts: []) == Row())
        for _ in 0..<50 {
            let row = random.declared(type)
            let texts = row.fieldTexts
            #expect(Row(fieldTexts: texts) == row, "\(texts)")
            #expect(Row(fieldTexts: texts + texts.prefix(1)) == nil)
            #expect(Row(fieldTexts: texts + ["colour=red"]) == nil)
        }
        #expect(Row(fieldTexts: ["\(type.fieldNames[0].name)=?!"]) == nil)
    }

    /// Identifiers and words in tables read back exactly, whatever number they are.
    @Test func textsReadBack() {
        var random = SplitMix64(seed: 19)
        for _ in 0..<500 {
            let row = random.declared(ParticipantRow.self)
            let registration = row.registration
            #expect(BIC(text: registration.bic.text) == registration.bic)
            #expect(LEI(text: registration.lei.text) == registration.lei)
            #expect(CountryCode(text: registration.country.text) == registration.country)
            #expect(ParticipantRoles(text: registration.roles.text) == registration.roles)
            let uetr = UETR(bits: random.wide())
            #expect(UETR(text: uetr.text) == uetr)
            #expect(BIC(text: BIC.none.text) == BIC.none && LEI(text: LEI.none.text) == LEI.none)
        }
    }
}

extension DeclaredRow {
    /// Replaces one field, counted from 0, by that of another row.
    fileprivate mutating func take(_ field: Int, from other: Self) {
        var donor = other
        var found = OneField(wanted: field)
        donor.visit(&found)
        found.isTaking = false
        found.next = 0
        visit(&found)
    }
}

/// Takes one field's bits out of a value, and puts them into another.
private struct OneField: FieldVisitor {
    let wanted: Int
    var next = 0
    var isTaking = true
    var bits: UInt128 = 0

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        defer { next += 1 }
        guard next == wanted else { return }
        if isTaking {
            bits = UInt128(truncatingIfNeeded: value.bits)
        } else if let taken = Value(bits: Value.Bits(truncatingIfNeeded: bits)) {
            value = taken
        }
    }
}

/// Which bits of which words the fields take.
private struct HashBits: FieldVisitor {
    private var words: [UInt64] = []
    var collisions: [String] = []

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        let place = form.hash ?? .word(words.count)
        // What is signed fills its word with its sign.
        let width = Value.Bits.isSigned ? 64 : Value.Bits.bitWidth
        if place.bit + min(width, 64) > 64 { collisions.append(name) }
        take(place.word, (width < 64 ? 1 << UInt64(width) - 1 : .max) << UInt64(place.bit), name)
        if width > 64 { take(place.word + 1, .max, name) }
    }

    private mutating func take(_ word: Int, _ bits: UInt64, _ name: String) {
        while words.count <= word { words.append(0) }
        if words[word] & bits != 0 { collisions.append(name) }
        words[word] |= bits
    }
}
