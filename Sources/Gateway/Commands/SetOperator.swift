internal import Domain

extension SetOperator: OperatorCommand {
    typealias Request = ProtoSetOperatorRequest

    static let verb = "PUT"
    static let template = "/v1/operators/{name}"
    static var recordedName: (field: String, longest: Int)? { ("full_name", 140) }

    /// Nothing without a full name: what is on record stays then.
    static var keepsItsRecord: Bool { true }
}
