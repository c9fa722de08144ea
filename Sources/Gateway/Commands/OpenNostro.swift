internal import Domain

extension OpenNostro: OperatorCommand {
    typealias Request = ProtoOpenNostroRequest

    static let verb = "POST"
    static let template = "/v1/nostros"
    static var recordedName: (field: String, longest: Int)? { ("name", 35) }
}
