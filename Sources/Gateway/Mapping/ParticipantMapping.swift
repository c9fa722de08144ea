internal import Domain
internal import SwiftProtobuf

extension ProtoParticipant {
    init(_ row: ParticipantRow, name: String?) {
        self.init(saying: row)
        self.name = name ?? ""
    }
}
