internal import Domain
internal import Store
internal import SwiftProtobuf

/// Certificates and keys on record (R18). Operators see all of them.
extension Services {
    func listKeys(
        _ request: ProtoListKeysRequest, _ caller: Caller
    ) async throws -> ProtoListKeysResponse {
        let page = Page(request.pageSize)
        let after = try Services.key(before: request.pageToken)
        return try await read(.list) { reader in
            let found = try reader.keys(after: after, limit: page.size + 1)
            let (records, hasMore) = page.cut(found)
            var response = ProtoListKeysResponse()
            response.keys = records.map { ProtoRegisteredKey($0) }
            if hasMore, let last = records.last { response.nextPageToken = String(last.row.id) }
            return response
        }
    }

    private static func key(before token: String) throws(GatewayError) -> UInt32 {
        guard !token.isEmpty else { return 0 }
        guard let last = UInt32(token) else {
            throw Field.malformed("page_token", "must come from an earlier page", token)
        }
        return last
    }
}

extension ProtoRegisteredKey {
    fileprivate init(_ record: DeclaredRecord<KeyRow>) {
        let row = record.row
        self.init(saying: row)
        fingerprint = row.fingerprint.text
        name = row.owner.name.description
        from = Google_Protobuf_Timestamp(row.from)
        if row.until != 0 { until = Google_Protobuf_Timestamp(row.until) }
        if row.revokedAt != 0 { revokedAt = Google_Protobuf_Timestamp(row.revokedAt) }
        note = OperatorRecord(json: record.details)?.note ?? ""
    }
}
