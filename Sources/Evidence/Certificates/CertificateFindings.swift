/// What a certificate proves, in plain words.
package struct CertificateFindings: Equatable, Sendable {
    package let certificate: Certificate
    package let judgement: CheckpointJudgement

    /// Each with what it is about, in the order in which they are read.
    package var sentences: [(about: String, text: String)] {
        let record = certificate.record
        let place = record.place
        var sentences = [
            ("proven", proven),
            ("ledger", "\(record.ledger)"),
            (
                "time of the ledger",
                "\(EvidenceTime.text(nanoseconds: record.time)), log index \(place.logIndex), "
                    + "position \(place.position)"
            ),
            ("leaf", "\(certificate.index) of \(judgement.checkpoint.size)"),
        ]
        for value in record.open where value.field != .uetr && value.field != .status {
            sentences.append((value.field.name, CertificateFindings.shown(value.text)))
        }
        var side = RecordSide.whole
        for shown in certificate.disclosures.fields {
            if shown.side != side {
                sentences.append(("side", CertificateFindings.name(shown.side)))
            }
            side = shown.side
            let text = String(decoding: shown.value, as: UTF8.self)
            sentences.append((shown.field.name, CertificateFindings.shown(text)))
        }
        sentences.append(("signed by", signed))
        sentences.append(("cosigned by", cosigned))
        let hidden = notShown
        sentences.append(("not shown", hidden.isEmpty ? "nothing" : hidden.joined(separator: ", ")))
        if let open = notExcluded { sentences.append(("not excluded", open)) }
        return sentences
    }

    /// The sentences, one a line.
    package var text: String {
        sentences.map { "\($0.about): \($0.text)\n" }.joined()
    }

    private var proven: String {
        let record = certificate.record
        let fields = certificate.disclosures.fields
        let named =
            record.text(.uetr)
            ?? fields.first { $0.field == .uetr }.map { String(decoding: $0.value, as: UTF8.self) }
        let payment = "payment \(CertificateFindings.shown(named ?? ""))"
        switch record.place.kind {
        case .start: return "the start of the ledger's tree"
        case .key: return "a change of keys"
        case .membership: return "a change of the cluster's members"
        case .fill: return "a fill of \(payment)"
        case .end:
            return "\(payment) ended as \(CertificateFindings.shown(record.text(.status) ?? ""))"
        case .paymentReturn: return "a return of \(payment)"
        case .dayTurn: return "a business day began"
        case .dayClose: return "a business day was closed"
        case .statement: return "an agent's statement was taken"
        case .texts: return "texts"
        }
    }

    private var signed: String {
        let names = judgement.nodes.map { "\($0.identifier)" }.joined(separator: " ")
        return "\(judgement.nodes.count) of \(judgement.nodesKnown) nodes "
            + "(\(judgement.nodesNeeded) needed): \(names)"
    }

    private var cosigned: String {
        guard !judgement.witnesses.isEmpty else { return "no witness" }
        let names = judgement.witnesses.map {
            "\($0.verifier.name) at \(EvidenceTime.text(seconds: $0.time))"
        }
        return "\(names.count) witnesses: \(names.joined(separator: ", "))"
    }

    private var notShown: [String] {
        let record = certificate.record
        let disclosures = certificate.disclosures
        var names: [String] = []
        for side in record.place.kind.sides {
            let shown = Set(disclosures.fields.filter { $0.side == side }.map(\.field))
            guard side == .whole || !shown.isEmpty else {
                names.append("the side that \(CertificateFindings.name(side))")
                continue
            }
            var hidden = record.place.kind.hiddenFields
            if !disclosures.texts.isEmpty {
                hidden = hidden.filter { $0 != .texts } + RecordKind.texts.hiddenFields
            }
            names += hidden.filter { !shown.contains($0) }.map(\.name)
        }
        return names
    }

    private var notExcluded: String? {
        switch certificate.record.place.kind {
        case .fill: "later fills of the payment, its end, and returns"
        case .end: "later returns"
        case .paymentReturn: "further returns"
        case .start, .key, .membership, .dayTurn, .dayClose, .statement, .texts: nil
        }
    }

    private static func name(_ side: RecordSide) -> String {
        switch side {
        case .whole: "whole"
        case .renminbiPayer: "gave renminbi"
        case .foreignPayer: "gave foreign currency"
        }
    }

    /// For people: absent values by a word, and nothing that would change how the rest is read.
    private static func shown(_ text: String) -> String {
        guard !text.isEmpty else { return "none" }
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF:
                clean.append("\u{FFFD}")
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }
}
