internal import Domain
internal import Store
internal import SwiftProtobuf

extension ProtoOperator {
    init(_ record: DeclaredRecord<OperatorRow>) {
        self.init(saying: record.row)
        name = record.row.name.description
        fullName = OperatorRecord(json: record.details)?.name ?? ""
    }
}
