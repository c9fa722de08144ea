internal import Domain
internal import Engine
internal import Node
internal import Store

/// The thread that looks into the tables.
enum LookupThread {
    /// UETRs in one query; what is more goes into the next one.
    private static let uetrsPerQuery = 16_384

    /// Answers what is asked, many questions in one query, until `work` is closed.
    static func run(
        _ address: DatabaseAddress, _ work: Inbox<RecordLookup>, _ events: Inbox<Event>
    ) {
        do {
            var reader = try LedgerReader(address)
            while let lookups = work.takeAll() {
                var waiting = lookups[...]
                while !waiting.isEmpty {
                    let group = group(of: waiting)
                    let answered: [RecordLookup]
                    do {
                        answered = try look(into: reader, for: group)
                    } catch let error as StoreError where error.code == .connectionLost {
                        // A session that was idle for long may be gone. It only reads.
                        reader = try LedgerReader(address)
                        answered = try look(into: reader, for: group)
                    }
                    waiting = waiting.dropFirst(answered.count)
                    for lookup in answered { events.put(.lookedUp(lookup)) }
                }
            }
        } catch {
            work.close()
            events.put(.failed(error))
        }
    }

    private static func group(of waiting: ArraySlice<RecordLookup>) -> ArraySlice<RecordLookup> {
        var count = 0
        let group = waiting.prefix {
            count += $0.uetrs.count
            return count <= uetrsPerQuery
        }
        return group.isEmpty ? waiting.prefix(1) : group
    }

    private static func look(
        into reader: LedgerReader, for lookups: ArraySlice<RecordLookup>
    ) throws -> [RecordLookup] {
        try reader.snapshot {
            let tablesAt = try reader.position().logIndex
            var known: [UETR: RecordedPayments] = [:]
            let uetrs = lookups.flatMap(\.uetrs)
            for found in try reader.payments(uetrs: uetrs) where found.row.status.isFinal {
                known[found.row.uetr, default: RecordedPayments()].payments.append(found.row)
            }
            let finals = known.values.flatMap(\.payments)
            let uetrOf = Dictionary(uniqueKeysWithValues: finals.map { ($0.id, $0.uetr) })
            for row in try reader.dates(of: finals.map(\.id)) {
                guard let uetr = uetrOf[row.payment] else { continue }
                known[uetr]?.dates[row.payment] = row.date
            }
            for row in try reader.attempts(uetrs: uetrs) {
                known[row.uetr, default: RecordedPayments()].attempts.append(row)
            }
            for row in try reader.operatorCommands(uetrs) {
                known[row.commandID, default: RecordedPayments()].commands.append(row)
            }
            for row in try reader.proposals(of: uetrs) {
                known[row.commandID, default: RecordedPayments()].proposals.append(row)
            }
            return lookups.map { lookup in
                var lookup = lookup
                lookup.tablesAt = tablesAt
                for uetr in lookup.uetrs { lookup.record[uetr] = known[uetr] }
                return lookup
            }
        }
    }
}
