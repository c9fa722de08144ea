internal import Domain
internal import Shares

/// Who waits for the answer to a submission, and what room it takes meanwhile.
struct Caller: Sendable {
    let account: Account
    /// What the submission takes of the room for what is not answered.
    let bytes: Int
    private let receive: @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void

    init(
        _ account: Account, bytes: Int,
        receive: @escaping @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void
    ) {
        self.account = account
        self.bytes = bytes
        self.receive = receive
    }

    /// Gives the room back and tells the caller; once.
    func answer(_ result: Result<SubmissionAnswer, SubmissionFailure>) {
        account.giveBack(bytes)
        receive(result)
    }
}
