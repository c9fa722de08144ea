import BankMessages
import Foundation
import Testing

/// The form in which operators write a mapping.
@Suite("CSV mappings")
struct CSVMappingTests {
    private static func read(_ json: String) throws -> CSVMapping {
        try JSONDecoder().decode(CSVMapping.self, from: Data(json.utf8))
    }

    static let everything = """
        {
          "kind": "interim", "encoding": "windows-1252", "delimiter": ";", "quote": "'",
          "linesBefore": 4, "linesAfter": 1, "header": true, "order": "newest-first",
          "account": "DE02120300000000202051", "currency": "EUR", "dates": "DD.MM.YYYY",
          "amounts": {
            "decimal": ",", "thousands": ".", "groups": "lakhs", "symbols": ["€"],
            "negative": ["leading-minus", "trailing-minus"], "credit": ["H"], "debit": ["S"]
          },
          "status": {"pending": ["Vorgemerkt"], "booked": ["Gebucht"], "information": ["x"]},
          "columns": {
            "bookingDate": "Buchungstag", "amount": "Betrag", "direction": 3, "status": "Stand",
            "balance": 7, "remittance": ["Zweck 1", 9]
          }
        }
        """

    static let least = """
        {"currency": "EUR", "dates": "DD.MM.YYYY", "amounts": {"decimal": ","},
         "columns": {"bookingDate": 1, "amount": 2}}
        """

    @Test(
        "Everything that can be stated is read, and written again the same",
        arguments: [
            everything, least,
            least.replacing(#"{"decimal": ","}"#, with: #"{"decimal": ",", "positive": "debit"}"#),
            least.replacing(#""amount": 2"#, with: #""debit": 2, "credit": 3"#)
                .replacing(
                    #"{"decimal": ","}"#, with: #"{"decimal": ",", "debitsAreNegative": true}"#),
            least.replacing(#"{"currency""#, with: #"{"quote": "", "delimiter": "\t", "currency""#),
        ])
    func roundTrip(json: String) throws {
        let mapping = try Self.read(json)
        let written = try JSONEncoder().encode(mapping)
        #expect(try JSONDecoder().decode(CSVMapping.self, from: written) == mapping)
    }

    @Test("The full form says what it says")
    func saysWhatItSays() throws {
        let mapping = try Self.read(Self.everything)
        #expect(mapping.kind == .interim)
        #expect(mapping.encoding == .windows1252)
        #expect(mapping.delimiter == UInt8(ascii: ";"))
        #expect(mapping.quote == UInt8(ascii: "'"))
        #expect(mapping.linesBefore == 4)
        #expect(mapping.linesAfter == 1)
        #expect(mapping.order == .newestFirst)
        #expect(mapping.amounts.sign == .worded(credit: ["H"], debit: ["S"]))
        #expect(mapping.amounts.negative == [.leadingMinus, .trailingMinus])
        #expect(mapping.columns[.remittance] == [.named("Zweck 1"), .numbered(9)])
        #expect(mapping.columns[.direction] == [.numbered(3)])
        #expect(StatementReadingOptions(csv: mapping).encoding == .windows1252)
    }

    @Test(
        "What is wrong is said with its place",
        arguments: [
            (#""currency": "EUR", "#, "", "currency: "),
            (#""EUR""#, #""euro""#, "currency: "),
            (#""dates": "DD.MM.YYYY", "#, "", "dates: "),
            (#"DD.MM.YYYY"#, "DD.MM", "dates: "), (#"DD.MM.YYYY"#, "DD.MM.YYYY DD", "dates: "),
            (#"DD.MM.YYYY"#, "DD.MM.YYY", "dates: "),
            (#"{"decimal": ","}"#, #"{}"#, "amounts.decimal: "),
            (#"{"decimal": ","}"#, #"{"decimal": ";"}"#, "amounts.decimal: "),
            (#"{"decimal": ","}"#, #"{"decimal": ",", "thousands": ","}"#, "amounts.thousands: "),
            (#"{"decimal": ","}"#, #"{"decimal": ",", "positiv": "debit"}"#, "amounts.positiv: "),
            (#"{"decimal": ","}"#, #"{"decimal": ",", "positive": "in"}"#, "amounts.positive: "),
            (#"{"decimal": ","}"#, #"{"decimal": ",", "credit": ["H"]}"#, "columns: "),
            (
                #"{"decimal": ","}"#, #"{"decimal": ",", "negative": ["minus"]}"#,
                "amounts.negative: "
            ),
            (
                #"{"decimal": ","}"#, #"{"decimal": ",", "debitsAreNegative": true}"#,
                "amounts.debitsAreNegative: "
            ),
            (#"{"decimal": ","}"#, #"{"decimal": ",", "symbols": ["1"]}"#, "amounts.symbols: "),
            (#"{"decimal": ","}"#, #"",""#, "amounts: "),
            (#""amount": 2"#, #""amounts": 2"#, "columns.amounts: "),
            (#""amount": 2"#, #""amount": 0"#, "columns.amount: "),
            (#""amount": 2"#, #""amount": 2.5"#, "columns.amount: "),
            (#""amount": 2"#, #""amount": [2, 3]"#, "columns.amount: "),
            (#""amount": 2"#, #""debit": 2"#, "columns: "), (#", "amount": 2"#, "", "columns: "),
            (#""amount": 2"#, #""amount": 2, "balance": 3"#, "order: "),
            (#"{"currency""#, #"{"header": false, "x": 1, "currency""#, "x: "),
            (#"{"currency""#, #"{"header": "no", "currency""#, "header: "),
            (#"{"currency""#, #"{"linesAfter": 101, "currency""#, "linesAfter: "),
            (#"{"currency""#, #"{"linesBefore": "4", "currency""#, "linesBefore: "),
            (#"{"currency""#, #"{"delimiter": "ab", "currency""#, "delimiter: "),
            (#"{"currency""#, #"{"delimiter": "a", "currency""#, "delimiter: "),
            (#"{"currency""#, #"{"quote": ",", "currency""#, "quote: "),
            (#"{"currency""#, #"{"encoding": "EBCDIC", "currency""#, "encoding: "),
            (#"{"currency""#, #"{"status": {"pending": ["x"]}, "currency""#, "status: "),
            (#"{"currency""#, #"{"kind": "notification", "currency""#, "kind: "),
        ])
    func faults(part: String, by other: String, place: String) {
        let json = Self.least.replacing(part, with: other)
        let fault = #expect(throws: CSVMapping.Fault.self, "\(json)") { try Self.read(json) }
        #expect(fault?.description.hasPrefix(place) == true, "\(fault?.description ?? "")")
    }

    @Test("A name needs a header")
    func noHeader() {
        let json = Self.least.replacing(#""amount": 2"#, with: #""amount": "Betrag""#)
            .replacing(#"{"currency""#, with: #"{"header": false, "currency""#)
        let fault = #expect(throws: CSVMapping.Fault.self) { try Self.read(json) }
        #expect(fault?.place == "columns.amount")
    }
}
