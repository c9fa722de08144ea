import BankMessages
internal import Chance
import Domain
import Testing

/// Banks that messages name otherwise than by their BIC, in every place that names one.
@Suite("Names of banks in messages")
struct BankNameTests {
    @Test("Named by its LEI a bank is the same one, wherever it stands", arguments: 0..<60)
    func found(seed: Int) throws {
        for text in FlowTexts(seed: UInt64(seed)).texts {
            let register = Register(of: text)
            let both = text.naming { "<BICFI>\($0)</BICFI><LEI>\(register.lei($0))</LEI>" }
            let alone = text.naming { "<LEI>\(register.lei($0))</LEI>" }
            let named = try BankMessage(xml: Array(both.utf8), banks: register)
            #expect(try BankMessage(xml: Array(alone.utf8), banks: register) == named)
            #expect(named.refusals.isEmpty)
        }
    }

    @Test("A LEI that is another bank's is refused where it stands", arguments: 0..<60)
    func conflicting(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        for text in FlowTexts(seed: UInt64(seed)).texts {
            let register = Register(of: text)
            let places = text.bics.count
            guard register.bics.count > 1, places > 0 else { continue }
            let wrong = Int.random(in: 0..<places, using: &generator)
            let other = register.bics.first { $0 != text.bics[wrong] } ?? ""
            let changed = text.naming(at: wrong) {
                "<BICFI>\($0)</BICFI><LEI>\(register.lei(other))</LEI>"
            }
            let refusals = refusals(changed, register)
            #expect(refusals.count == 1)
            #expect(refusals.first?.path.hasSuffix("/FinInstnId/LEI") == true)
            #expect(
                refusals.first?.sentence
                    == "LEI is that of another participant than BICFI; correct one of them.")
        }
    }

    @Test("The places that the random messages name banks in")
    func places() {
        var places: Set<Substring> = []
        for seed in 0..<60 {
            for text in FlowTexts(seed: UInt64(seed)).texts {
                for match in text.matches(of: /<([A-Za-z0-9]+)>\s*<FinInstnId>\s*<BICFI>/) {
                    places.insert(match.1)
                }
            }
        }
        let expected: Set<Substring> = [
            "Agt", "InstgAgt", "InstdAgt", "DbtrAgt", "CdtrAgt", "PrvsInstgAgt1", "IntrmyAgt1",
            "FIId",
        ]
        #expect(places.isSuperset(of: expected), "\(expected.subtracting(places))")
    }

    @Test("Check digits, several participants with one LEI, nobody's, and a code beside it")
    func others() throws {
        let register = Register(of: sampleRequest(MessageDefinition(.reportRequest)))
        let lei = register.lei("BKCHCNBJXXX")
        func owner(_ names: String, _ register: Register) throws -> BIC? {
            let text = sampleRequest(MessageDefinition(.reportRequest)).naming { _ in names }
            guard
                case .reportRequest(let request) = try BankMessage(
                    xml: Array(text.utf8), banks: register)
            else { return nil }
            return request.requests[0].owner.bic
        }
        let beijing = BIC("BKCHCNBJ")
        #expect(try owner("<LEI>\(lei)</LEI>", register) == beijing)
        // A branch is its institution, and one that takes no part contradicts nothing.
        #expect(
            try owner("<BICFI>BKCHCNBJ300</BICFI><LEI>\(lei)</LEI>", register)
                == BIC("BKCHCNBJ300"))
        #expect(
            try owner("<BICFI>BKCHSGSG</BICFI><LEI>\(lei)</LEI>", register) == BIC("BKCHSGSG"))
        #expect(try owner("<LEI>\(LEI.text("NOBODY000000000000"))</LEI>", register) == nil)
        let digits = lei.suffix(2) == "00" ? "01" : "00"
        let wrong = try refusal { try owner("<LEI>\(lei.prefix(18))\(digits)</LEI>", register) }
        #expect(wrong.sentence == "LEI has a wrong form or wrong check digits; correct it.")
        #expect(
            wrong.path == "/Document/AcctRptgReq/RptgReq[1]/AcctOwnr/Agt/FinInstnId/LEI")
        var several = register
        several.others = [BIC("BKCHCNSH") ?? .none]
        #expect(
            try refusal { try owner("<LEI>\(lei)</LEI>", several) }.sentence
                == "Several participants have this LEI; add BICFI of one.")
        #expect(
            try owner("<BICFI>BKCHCNSH</BICFI><LEI>\(lei)</LEI>", several) == BIC("BKCHCNSH"))
        var coded = register
        coded.code = (ClearingCode("CNAPS:104100000004"), BIC("BKCHCNBJ") ?? .none)
        let code =
            "<ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>104100000004</MmbId>"
            + "</ClrSysMmbId>"
        #expect(try owner("\(code)<LEI>\(lei)</LEI>", coded) == beijing)
        coded.code.bank = BIC("BKKBTHBK") ?? .none
        #expect(
            try refusal { try owner("\(code)<LEI>\(lei)</LEI>", coded) }.sentence
                == "LEI is that of another participant than ClrSysMmbId; correct one of them.")
        let both = try refusal { try owner("<BICFI>BKCHCNBJ</BICFI>\(code)", coded) }
        #expect(both.path.hasSuffix("/FinInstnId/ClrSysMmbId"))
        #expect(
            both.sentence
                == "ClrSysMmbId is that of another participant than BICFI; correct one of them.")
    }

    private func refusal(_ body: () throws -> BIC?) throws -> MessageRejection {
        try #require(throws: MessageRejection.self) { _ = try body() }
    }

    private func refusals(_ text: String, _ register: Register) -> [MessageRejection] {
        do {
            return try BankMessage(xml: Array(text.utf8), banks: register).refusals
        } catch {
            return [error]
        }
    }
}

/// Random messages of all that flow beside credit transfers, with a header, as text.
private struct FlowTexts {
    var texts: [String]

    init(seed: UInt64) {
        var random = RandomMessages(seed: seed)
        func newest(_ message: MessageDefinition.Message) -> MessageDefinition {
            MessageDefinition(message)
        }
        let written: [String?] = [
            try? random.paymentReturns(newest(.paymentReturn)).xml(),
            try? random.cancellationRequests(newest(.cancellationRequest)).xml(),
            try? random.resolution(newest(.investigationResolution)).xml(),
            sampleRequest(newest(.reportRequest)),
        ]
        texts = written.compactMap { $0 }
    }
}

/// Every BIC of a text is a participant's, and each of them has a LEI of its own.
private struct Register: BankRegister {
    let bics: [String]
    /// Participants with the LEI of the first one.
    var others: [BIC] = []
    var code: (code: ClearingCode?, bank: BIC) = (nil, .none)

    init(of text: String) { bics = Set(text.bics).sorted() }

    func lei(_ bic: String) -> String {
        LEI.text("LANGQIAO\(bics.firstIndex(of: bic).map { 1_000_000_000 + $0 } ?? 0)")
    }

    func participant(_ bic: BIC) -> BIC? {
        others.contains(bic)
            ? bic
            : bics.lazy.compactMap { BIC($0) }.first {
                $0 == bic || $0 == bic.primaryOfficeBIC
            }
    }

    func participant(_ code: ClearingCode) -> BIC? {
        code == self.code.code ? self.code.bank : nil
    }

    func participants(_ lei: LEI) -> [BIC] {
        guard let bic = bics.first(where: { self.lei($0) == lei.description }) else { return [] }
        return [BIC(bic)].compactMap { $0 } + others
    }
}

extension String {
    /// In the order of the text.
    fileprivate var bics: [String] {
        matches(of: /<BICFI>([^<]*)<\/BICFI>/).map { String($0.1) }
    }

    /// The text with other names in the place of each BIC, or of one alone.
    fileprivate func naming(at place: Int? = nil, _ names: (String) -> String) -> String {
        var number = -1
        return replacing(/<BICFI>([^<]*)<\/BICFI>/) { match in
            number += 1
            return place == nil || place == number ? names(String(match.1)) : String(match.0)
        }
    }
}

extension BankMessage {
    fileprivate var refusals: [MessageRejection] {
        switch self {
        case .creditTransfers(let read): read.paymentInstructions.compactMap(\.refusal)
        case .paymentReturns(let read): read.refused
        case .statusReport(let read): read.refused
        case .statusRequest(let read): read.refused
        case .cancellationRequests(let read): read.refused
        case .investigationResolution(let read): read.refused
        case .reportRequest: []
        }
    }
}

extension Result where Failure == MessageRejection {
    fileprivate var refusal: MessageRejection? {
        if case .failure(let rejection) = self { rejection } else { nil }
    }
}

extension LEI {
    /// Eighteen characters with the check digits that are theirs.
    static func text(_ characters: String) -> String {
        for digits in 0..<100 {
            let text = characters + (digits < 10 ? "0\(digits)" : "\(digits)")
            if LEI(text) != nil { return text }
        }
        fatalError("no LEI: \(characters)")
    }
}
