internal import Foundation

/// A message that somebody else wrote.
package struct ForeignMessage: Sendable {
    package var name: String
    package var text: String
    /// The payments among the examples for the usage rules of CBPR+.
    package static func all() throws -> [ForeignMessage] { try examples("payments") }

    /// Every example message of all packages; the package's name stands first in theirs.
    package static func ofAllPackages() throws -> [ForeignMessage] { try examples("all") }

    private static func examples(_ wanted: String) throws -> [ForeignMessage] {
        let parts = try PythonEnvironment.run("examples.py", input: Data(wanted.utf8))
            .split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, to: parts.count - 1, by: 2).map {
            ForeignMessage(name: parts[$0], text: parts[$0 + 1])
        }
    }

    private func replacing(_ pairs: [(String, String)]) -> String {
        pairs.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }

    /// With CNY to be paid and THB to be received.
    ///
    /// The examples have 1000.00 EUR on both sides and, in the long ones, a rate of 1000.00. The
    /// arithmetic then demands other figures: 1000.00 × 4.9312 = 4931.20.
    package var payingRenminbi: String {
        withPayCurrency(
            "CNY", "1000.00",
            in: replacing([
                ("<IntrBkSttlmAmt Ccy=\"EUR\">1000.00", "<IntrBkSttlmAmt Ccy=\"THB\">4931.20"),
                ("<InstdAmt Ccy=\"EUR\">", "<InstdAmt Ccy=\"CNY\">"),
                ("<XchgRate>1000.00", "<XchgRate>4.9312"), ("<Ccy>EUR</Ccy>", "<Ccy>CNY</Ccy>"),
            ]))
    }

    /// With THB to be paid and CNY to be received: 4931.20 × 0.2028 = 1000.05.
    package var payingForeign: String {
        withPayCurrency(
            "THB", "4931.20",
            in: replacing([
                ("<IntrBkSttlmAmt Ccy=\"EUR\">1000.00", "<IntrBkSttlmAmt Ccy=\"CNY\">1000.05"),
                ("<InstdAmt Ccy=\"EUR\">1000.00", "<InstdAmt Ccy=\"THB\">4931.20"),
                ("<XchgRate>1000.00", "<XchgRate>0.2028"), ("<Ccy>EUR</Ccy>", "<Ccy>THB</Ccy>"),
            ]))
    }

    /// As a message that pays here and now: addressed to a gateway, no copy, and without dates and
    /// times that are past.
    package static func payable(_ text: String, at gateway: String) -> String {
        addressed(text, to: gateway)
            .replacing(/<CpyDplct>[A-Z]+<\/CpyDplct>/, with: "")
            .replacing(/<IntrBkSttlmDt>[^<]+<\/IntrBkSttlmDt>/, with: "")
            .replacing(/<SttlmTmReq>.*?<\/SttlmTmReq>/.dotMatchesNewlines(), with: "")
    }

    /// With another receiver in its header; the short examples name none.
    package static func addressed(_ text: String, to gateway: String) -> String {
        text.replacing(
            /<To>.*?<\/To>/.dotMatchesNewlines(),
            with: "<To><FIId><FinInstnId><BICFI>\(gateway)</BICFI></FinInstnId></FIId></To>",
            maxReplacements: 1)
    }

    /// Whether it advises of money that comes by another message.
    package var isAdvice: Bool { name.contains("_adv") }

    /// The short pacs.009 examples, and the short pacs.008 ones of 2025, state one currency only:
    /// the first get the debtor's account, the others the instructed amount.
    private func withPayCurrency(
        _ currency: String, _ amount: String, in text: String
    ) -> String {
        if name.contains("pacs.009"), !text.contains("InstdAmt"), !text.contains("DbtrAcct"),
            let place = text.range(of: "</Dbtr>")
        {
            let account =
                "<DbtrAcct><Id><Othr><Id>EX</Id></Othr></Id><Ccy>\(currency)</Ccy></DbtrAcct>"
            return text.replacingCharacters(in: place, with: "</Dbtr>" + account)
        }
        if name.contains("pacs.008"), !text.contains("InstdAmt") {
            let instructed = "<InstdAmt Ccy=\"\(currency)\">\(amount)</InstdAmt>"
            return text.replacingOccurrences(of: "<ChrgBr>", with: instructed + "<ChrgBr>")
        }
        return text
    }
}
