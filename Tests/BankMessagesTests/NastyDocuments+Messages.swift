/// Nasty encodings, and messages that are well-formed but larger than any bank would send.
extension NastyDocuments {
    static let encodings =
        [
            "ISO-8859-1", "UTF-16", "UTF-16BE", "UTF-32", "UCS-4", "EBCDIC-CP-US", "GB18030", "HZ",
            "UTF-7", "ISO-2022-JP", "HTML", "US-ASCII", "utf-8", "x\u{e9}",
        ].map { encoding in
            alone(
                "declared \(encoding)", "<?xml version='1.0' encoding='\(encoding)'?><r>", "</r>"
            ) { _ in "<a>é</a>" }
        }
        + [
            alone(
                "declared far behind", "<?xml version='1.0'\(String(repeating: " ", count: 9_000))",
                "encoding='UTF-16'?><r/>"
            ) { _ in " " },
            NastyKind(name: "UTF-16 with its mark") { size in
                "\u{FEFF}<r>\(String(repeating: "a", count: size / 2 - 16))</r>".utf16
                    .flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            },
            NastyKind(name: "UTF-32") { size in
                "<r>\(String(repeating: "a", count: size / 4 - 16))</r>".unicodeScalars
                    .flatMap { [0, 0, UInt8($0.value >> 8), UInt8($0.value & 0xFF)] }
            },
            bytes("overlong less-than", [0xC0, 0xBC]), bytes("zeros", [0]),
            bytes("surrogates", [0xED, 0xA0, 0x80]), bytes("bytes without a lead", [0xBF]),
            bytes("characters cut short", [0xE9, 0xBE]), bytes("control characters", [0x01]),
            bytes("no characters", [0xEF, 0xBF, 0xBE]),
            bytes("marks of order", [0xEF, 0xBB, 0xBF]),
            bytes("latin letters", [0xE9, 0x20]), bytes("EBCDIC", [0x4C, 0x6F, 0xA7, 0x94]),
        ]

    private static func bytes(_ name: String, _ unit: [UInt8]) -> NastyKind {
        NastyKind(name: name) { size in
            Array("<r>".utf8) + Array(repeating: unit, count: (size - 16) / unit.count).joined()
                + Array("</r>".utf8)
        }
    }

    /// The transaction of the sample, with a UETR of its own.
    static let transaction: String = {
        let text = samplePacs008
        guard let start = text.firstRange(of: "<CdtTrfTxInf>"),
            let end = text.firstRange(of: "</CdtTrfTxInf>")
        else { return "" }
        return text[start.lowerBound..<end.upperBound].filter { $0 != "\n" }
            .replacing("  ", with: "")
    }()

    /// Transactions as they should be, followed by what makes the message larger.
    static func thousand(
        _ name: String, replacing old: String, with unit: @escaping @Sendable (Int) -> String
    ) -> NastyKind {
        NastyKind(name: "1,000 transactions, \(name)") { size in
            var text = samplePacs008.replacing(">1</NbOfTxs>", with: ">1000</NbOfTxs>")
            guard let start = text.firstRange(of: "<CdtTrfTxInf>"),
                let end = text.firstRange(of: "</CdtTrfTxInf>")
            else { return [] }
            let rest = text[end.upperBound...]
            let room = (size - (text.utf8.count + 1_000 * (transaction.utf8.count + 2))) / 1_000
            let stuffing = filled(max(0, room), unit)
            text = String(text[..<start.lowerBound])
            for number in 0..<1_000 {
                let tail = String(number + 10_000_000, radix: 16)
                text += transaction.replacing("0a1b2c3d", with: String(tail.suffix(6)) + "ab")
                    .replacing(old, with: stuffing + old)
            }
            return Array((text + rest).utf8)
        }
    }

    static let messages = [
        thousand("skipped elements", replacing: "</Dbtr>") { _ in "<a/>" },
        thousand("remittance", replacing: "</RmtInf>") { _ in "<Ustrd>x</Ustrd>" },
        thousand("full remittance", replacing: "</RmtInf>") { _ in
            "<Ustrd>\(String(repeating: "é", count: 140))</Ustrd>"
        },
        thousand("service levels", replacing: "<IntrBkSttlmAmt ") {
            $0 == 0 ? "<PmtTpInf><SvcLvl><Cd>G001</Cd></SvcLvl></PmtTpInf>" : " "
        },
        thousand("elements between", replacing: "<IntrBkSttlmAmt ") { _ in "<a/>" },
        inside("FIToFICstmrCdtTrf", "transactions by ten thousand", most: 99_000) { _ in
            "<CdtTrfTxInf/>"
        },
        inside("FIToFICstmrCdtTrf", "whole transactions") { _ in transaction },
        inside("FIToFICstmrCdtTrf", "group headers", most: 99_000) { _ in "<GrpHdr/>" },
        inside("GrpHdr", "message identifications", most: 99_000) { _ in "<MsgId>a</MsgId>" },
        inside("GrpHdr", "skipped elements", most: 99_000) { _ in "<a/>" },
        inside("RmtInf", "remittance", most: 99_000) { _ in "<Ustrd>x</Ustrd>" },
        inside("RmtInf", "structured remittance", most: 33_000) { _ in
            "<Strd><CdtrRefInf><Ref>a</Ref></CdtrRefInf></Strd>"
        },
        inside("RmtInf", "empty structured remittance", most: 99_000) { _ in "<Strd/>" },
        inside("RmtInf", "remittance of 16 kB") { _ in
            "<Ustrd>\(String(repeating: "x", count: 16_000))</Ustrd>"
        },
        inside("Dbtr", "names of the debtor", most: 99_000) { _ in "<Nm/>" },
        inside("CdtTrfTxInf", "mandatory elements again", most: 99_000) { _ in "<Cdtr/>" },
        inside("CdtTrfTxInf", "skipped elements", most: 99_000) { _ in "<a/>" },
        inside("AppHdr", "related headers", most: 99_000) { _ in "<Rltd/>" },
        inside("AppHdr", "receivers", most: 99_000) { _ in "<To/>" },
        inside("Envelope", "headers", most: 99_000) { _ in "<AppHdr/>" },
        inside("Envelope", "documents", most: 99_000) { _ in "<Document/>" },
        inside("Envelope", "envelopes", most: 49_000) { _ in "<E><Document/></E>" },
        inside("Envelope", "elements beside", most: 49_000) { _ in "<e><f/></e>" },
        inside("GrpHdr", "service levels") { _ in
            "<PmtTpInf>\(String(repeating: "<SvcLvl><Cd>a</Cd></SvcLvl>", count: 1_000))</PmtTpInf>"
        },
        alone(
            "service levels of one group",
            samplePacs008.replacing("</GrpHdr>", with: "<PmtTpInf>").prefixBefore("<CdtTrfTxInf>"),
            "</PmtTpInf></GrpHdr>" + samplePacs008.suffixFrom("<CdtTrfTxInf>"), most: 49_000
        ) { _ in "<SvcLvl><Cd>a</Cd></SvcLvl>" },
        inside("XchgRate", "digits") { _ in "1" },
        alone(
            "a date of 16 kB of digits, then elements",
            samplePacs008.replacing(
                "<CreDtTm>2026-03-02T09:30:00+08:00",
                with: "<CreDtTm>2026-03-02T09:30:00.\(String(repeating: "1", count: 16_000))Z"
            ).prefixBefore("</Envelope>"), "</Envelope>"
        ) { _ in "<a/>" },
    ]
}

extension String {
    fileprivate func prefixBefore(_ mark: String) -> String {
        firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
    }

    fileprivate func suffixFrom(_ mark: String) -> String {
        firstRange(of: mark).map { String(self[$0.lowerBound...]) } ?? ""
    }
}
