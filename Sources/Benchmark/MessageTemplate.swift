internal import Domain
internal import Foundation
internal import NIOCore

/// How the banks of a load write their customer credit transfers (pacs.008).
package struct MessageStyle: Equatable, Sendable {
    package enum Market: String, CaseIterable, Sendable {
        /// As usual in RTGS systems: an application header, banks by their BICs, one line.
        case rtgs
        /// As usual in China's cross-border system: no header, banks of China by the numbers of
        /// their national payment system, Chinese names, a line for each element.
        case cips
    }

    package var market: Market
    /// Parties with addresses, identifications and accounts, ultimate parties, structured
    /// remittance and regulatory reporting; else names and one line of remittance.
    package var isRich: Bool

    package init(market: Market, isRich: Bool) {
        self.market = market
        self.isRich = isRich
    }
}

/// A customer credit transfer of one bank, made before it is needed: it goes out again and again,
/// each time under other UETRs, so that the client spends next to nothing on it.
struct MessageTemplate: Sendable {
    private let bytes: [UInt8]
    /// Where the UETRs of the transactions stand, in their order.
    private let places: [Int]
    /// Where the message is named.
    private let names: [Int]

    /// - Parameters:
    ///   - date: of settlement.
    ///   - member: what a bank is called in China's national payment system, if it is there.
    init(
        _ orders: [PaymentOrder], _ style: MessageStyle, on date: String,
        member: (BIC) -> String?
    ) {
        var writer = TemplateWriter(style: style, date: date)
        writer.message(orders, member)
        bytes = writer.bytes
        places = writer.uetrs
        names = writer.names
    }

    /// The message under other UETRs and another identification.
    func message(_ uetrs: [UETR], _ identification: UETR) -> ByteBuffer {
        var copy = bytes
        for (place, uetr) in zip(places, uetrs) {
            copy.replaceSubrange(place..<place + 36, with: "\(uetr)".utf8)
        }
        let name = "\(identification)".utf8.filter { $0 != UInt8(ascii: "-") }
        for place in names { copy.replaceSubrange(place..<place + 32, with: name) }
        return ByteBuffer(bytes: copy)
    }
}

/// Writes the XML of a template.
private struct TemplateWriter {
    let style: MessageStyle
    let date: String
    var bytes: [UInt8] = []
    var uetrs: [Int] = []
    var names: [Int] = []

    init(style: MessageStyle, date: String) {
        self.style = style
        self.date = date
    }

    private var breaks: Bool { style.market == .cips }

    private mutating func text(_ text: String) { bytes += Array(text.utf8) }

    private mutating func begin(_ tag: String) {
        if breaks { text("\n") }
        text("<\(tag)>")
    }

    private mutating func leaf(_ name: String, _ value: String, _ attribute: String = "") {
        begin(name + attribute)
        text("\(value)</\(name)>")
    }

    /// An element of elements.
    private mutating func element(
        _ name: String, _ attribute: String = "", _ content: (inout TemplateWriter) -> Void
    ) {
        begin(name + attribute)
        content(&self)
        if breaks { text("\n") }
        text("</\(name)>")
    }

    /// A UETR that is put in later.
    private mutating func uetr() {
        begin("UETR")
        uetrs.append(bytes.count)
        text(String(repeating: "0", count: 36) + "</UETR>")
    }

    /// The message's identification, which is put in later.
    private mutating func identification(_ element: String) {
        begin(element)
        names.append(bytes.count)
        text(String(repeating: "0", count: 32) + "</\(element)>")
    }

    private static let namespaces = "urn:iso:std:iso:20022:tech:xsd:"

    mutating func message(_ orders: [PaymentOrder], _ member: (BIC) -> String?) {
        text(#"<?xml version="1.0" encoding="UTF-8"?>"#)
        switch style.market {
        case .rtgs:
            element("BizMsg") {
                $0.header(orders[0].payer)
                $0.document("pacs.008.001.08", orders, member)
            }
        case .cips: document("pacs.008.001.10", orders, member)
        }
    }

    private mutating func header(_ sender: BIC) {
        element("AppHdr", #" xmlns="\#(TemplateWriter.namespaces)head.001.001.02""#) {
            $0.element("Fr") { $0.element("FIId") { $0.agent(bic: "\(sender)") } }
            $0.element("To") { $0.element("FIId") { $0.agent(bic: "\(BenchmarkNode.bic)") } }
            $0.identification("BizMsgIdr")
            $0.leaf("MsgDefIdr", "pacs.008.001.08")
            $0.leaf("CreDt", "\($0.date)T08:00:00+08:00")
        }
    }

    private mutating func document(
        _ name: String, _ orders: [PaymentOrder], _ member: (BIC) -> String?
    ) {
        element("Document", #" xmlns="\#(TemplateWriter.namespaces)\#(name)""#) {
            $0.element("FIToFICstmrCdtTrf") {
                $0.element("GrpHdr") {
                    $0.identification("MsgId")
                    $0.leaf("CreDtTm", "\($0.date)T08:00:00+08:00")
                    $0.leaf("NbOfTxs", "\(orders.count)")
                    $0.element("SttlmInf") { $0.leaf("SttlmMtd", "CLRG") }
                }
                for (number, order) in orders.enumerated() {
                    $0.transaction(order, number, member)
                }
            }
        }
    }

    private mutating func agent(bic: String) {
        element("FinInstnId") { $0.leaf("BICFI", bic) }
    }

    private mutating func agent(_ name: String, _ bic: BIC, _ member: (BIC) -> String?) {
        element(name) {
            guard $0.style.market == .cips, let number = member(bic) else {
                return $0.agent(bic: "\(bic)")
            }
            $0.element("FinInstnId") {
                $0.element("ClrSysMmbId") {
                    $0.element("ClrSysId") { $0.leaf("Cd", "CNAPS") }
                    $0.leaf("MmbId", number)
                }
            }
        }
    }

    private mutating func transaction(
        _ order: PaymentOrder, _ number: Int, _ member: (BIC) -> String?
    ) {
        let terms = TransferTerms(order)
        element("CdtTrfTxInf") {
            $0.element("PmtId") {
                $0.leaf("InstrId", "INSTR-\(number)")
                $0.leaf("EndToEndId", "E2E-\(number)")
                $0.uetr()
            }
            if $0.style.isRich {
                $0.element("PmtTpInf") {
                    $0.leaf("InstrPrty", "NORM")
                    $0.element("SvcLvl") { $0.leaf("Cd", "G001") }
                }
            }
            $0.leaf(
                "IntrBkSttlmAmt", terms.received, #" Ccy="\#(order.receiveCurrency.code)""#)
            $0.leaf("IntrBkSttlmDt", $0.date)
            $0.leaf("InstdAmt", terms.instructed, #" Ccy="\#(order.payCurrency.code)""#)
            $0.leaf("XchgRate", terms.rate)
            $0.leaf("ChrgBr", "SHAR")
            if $0.style.isRich { $0.party("UltmtDbtr", number + 1, order.side) }
            $0.party("Dbtr", number, order.side)
            if $0.style.isRich { $0.account("DbtrAcct", number) }
            $0.agent("DbtrAgt", order.payer, member)
            $0.agent("CdtrAgt", order.creditor, member)
            $0.party("Cdtr", number + 2, order.side.opposite)
            if $0.style.isRich {
                $0.account("CdtrAcct", number + 2)
                $0.party("UltmtCdtr", number + 3, order.side.opposite)
                $0.element("Purp") { $0.leaf("Cd", "GDDS") }
                $0.reporting()
            }
            $0.remittance(number)
        }
    }

    /// - Parameter side: renminbi are paid by firms of China.
    private mutating func party(_ name: String, _ number: Int, _ side: Side) {
        let isChinese = side == .payRenminbi && style.market == .cips
        let firms =
            isChinese
            ? ["苏州丝灯有限公司", "无锡齿轮厂", "杭州茶机股份有限公司", "南京清水泵业"]
            : ["Suzhou Silk Lantern Co", "Rayong Rubber Mill", "Bangkok Boat Yard", "Wuxi Gears"]
        element(name) {
            $0.leaf("Nm", firms[number % firms.count])
            guard $0.style.isRich else { return }
            $0.element("PstlAdr") {
                $0.leaf("StrtNm", isChinese ? "人民路" : "Charoen Krung Road")
                $0.leaf("BldgNb", "\(number % 400 + 1)")
                $0.leaf("PstCd", "10500")
                $0.leaf("TwnNm", isChinese ? "苏州" : "Bangkok")
                $0.leaf("Ctry", side == .payRenminbi ? "CN" : "TH")
            }
            $0.element("Id") {
                $0.element("OrgId") { $0.leaf("LEI", "549300LANGQIAOTEST37") }
            }
        }
    }

    private mutating func account(_ name: String, _ number: Int) {
        element(name) {
            $0.element("Id") { $0.element("Othr") { $0.leaf("Id", "62220000\(10_000 + number)") } }
        }
    }

    private mutating func reporting() {
        element("RgltryRptg") {
            $0.element("Dtls") {
                $0.leaf("Ctry", "CN")
                $0.leaf("Cd", "121010")
                $0.leaf("Inf", "goods")
            }
        }
    }

    private mutating func remittance(_ number: Int) {
        element("RmtInf") {
            guard $0.style.isRich else { return $0.leaf("Ustrd", "Invoice \(number)") }
            $0.element("Strd") {
                $0.element("RfrdDocInf") {
                    $0.element("Tp") { $0.element("CdOrPrtry") { $0.leaf("Cd", "CINV") } }
                    $0.leaf("Nb", "INV-2026-\(number)")
                    $0.leaf("RltdDt", $0.date)
                }
            }
        }
    }
}

/// Amounts and rate of an order as a message states them: instructed times rate, cut off to a minor
/// unit, is what is received.
private struct TransferTerms {
    let instructed: String
    let received: String
    let rate: String

    init(_ order: PaymentOrder) {
        let (pay, receive) = (order.payCurrency, order.receiveCurrency)
        let currency = order.fixed == .pay ? pay : receive
        // Both currencies have two digits.
        let fen =
            currency == .cny ? order.amount : order.amount * 10_000 / (BenchmarkBanks.midTick)
        let ticks = order.limit.scaled / 10_000
        if order.side == .payRenminbi {
            instructed = pay.decimal(Int128(fen))
            received = receive.decimal(Int128(fen * ticks / 10_000))
            rate = order.limit.decimal
        } else {
            // The factor of the other direction, with ten digits, is cut off.
            let satang = fen * ticks / 10_000
            let inverse = Int64(Int128(10_000_000_000) * 10_000 / Int128(ticks))
            instructed = pay.decimal(Int128(satang))
            received = receive.decimal(Int128(satang) * Int128(inverse) / 10_000_000_000)
            let digits = "\(inverse)"
            rate = "0." + String(repeating: "0", count: 10 - digits.count) + digits
        }
    }
}

/// What a pacs.002 says of the transactions of a message.
struct TransactionAnswers {
    /// In the order of the answer: the UETR and whether the order is on record, or its outcome
    /// open.
    private(set) var found: [(uetr: ArraySlice<UInt8>, isAccepted: Bool, isOpen: Bool)] = []

    /// - Complexity: O(bytes).
    init(_ xml: [UInt8]) {
        var blocks = TransactionAnswers.places(of: "<TxInfAndSts>", in: xml)[...]
        while let start = blocks.popFirst() {
            let end = blocks.first ?? xml.count
            let block = xml[start..<end]
            guard let uetr = TransactionAnswers.value(of: "<OrgnlUETR>", 36, in: block),
                let status = TransactionAnswers.value(of: "<TxSts>", 4, in: block)
            else { continue }
            let isRefused = status.elementsEqual("RJCT".utf8)
            let code = isRefused ? TransactionAnswers.value(of: "<Cd>", 4, in: block) : nil
            found.append(
                (uetr, !isRefused, code?.elementsEqual("FF10".utf8) ?? false))
        }
    }

    private static func places(of tag: StaticString, in xml: [UInt8]) -> [Int] {
        xml.withUnsafeBytes { bytes in
            var places: [Int] = []
            while let place = place(of: tag, in: bytes, from: (places.last ?? -1) + 1) {
                places.append(place)
            }
            return places
        }
    }

    /// The text of so many bytes behind the first such tag.
    private static func value(
        of tag: StaticString, _ length: Int, in block: ArraySlice<UInt8>
    ) -> ArraySlice<UInt8>? {
        guard let place = block.withUnsafeBytes({ place(of: tag, in: $0, from: 0) }) else {
            return nil
        }
        let start = block.startIndex + place + tag.utf8CodeUnitCount
        return start + length <= block.endIndex ? block[start..<start + length] : nil
    }

    private static func place(
        of tag: StaticString, in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let length = tag.utf8CodeUnitCount
        var from = start
        while from + length <= bytes.count,
            let hit = memchr(base + from, Int32(UInt8(ascii: "<")), bytes.count - from)
        {
            let place = UnsafeRawPointer(hit) - base
            guard place + length <= bytes.count else { return nil }
            if memcmp(hit, tag.utf8Start, length) == 0 { return place }
            from = place + 1
        }
        return nil
    }
}
