/// Why the store could not do what it was asked.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// PostgreSQL refused a statement; `cause` has its words.
        case database
        /// The connection cannot be opened or broke. Nothing was committed by this call.
        case connectionLost
        /// The connection broke where a commit may or may not have happened.
        case outcomeUnknown
        /// Another gateway writes to this schema.
        case anotherWriter
        /// The entry or batch does not follow what is stored.
        case positionMismatch
        /// The write would change what is committed; nothing is written.
        case committed
        /// The server, or what it holds, cannot be trusted with what this node promised.
        case unsafeGround
        /// The database was migrated by other files than this build carries.
        case migrationRefused
        /// A stored value cannot be read back: the tables were changed by other means.
        case rowUnreadable
        /// The queue of readers is full; nothing was read.
        case overloaded
        /// The pool is shut down.
        case closed
        /// An argument lies outside its documented range.
        case invalidArgument
        /// PostgreSQL is not installed or does not start.
        case clusterUnavailable
    }

    package var code: Code
    /// One or more sentences for an operator.
    package var message: String
    /// What PostgreSQL said, where it said something.
    package var cause: PostgresError?

    package init(_ code: Code, _ message: String, cause: PostgresError? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String {
        guard let cause else { return "\(code.rawValue): \(message)" }
        return "\(code.rawValue): \(message) (\(cause))"
    }

    init(_ cause: PostgresError) {
        self.init(
            cause.isConnectionLost ? .connectionLost : .database,
            cause.isConnectionLost
                ? "The connection to PostgreSQL is lost."
                : cause.isDiskFull
                    ? "The disk of the database is full. Make room there, then start this node "
                        + "again: it goes on where its log ends."
                    : "PostgreSQL refused a statement.",
            cause: cause)
    }
}

/// An error in the words of PostgreSQL or of its client library.
package struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// Five characters of the SQL standard; empty when the client library found the error.
    package var sqlState: String
    package var message: String
    /// What was being done: a statement's beginning, or "connect".
    package var context: String
    /// The session is gone, so it is not known what the server did last.
    package var isConnectionLost: Bool

    /// The server found no room (`disk_full`).
    var isDiskFull: Bool { sqlState == "53100" }

    init(sqlState: String, message: String, context: String, isConnectionLost: Bool) {
        self.sqlState = sqlState
        var text = Substring(message)
        while text.last?.isWhitespace == true { text.removeLast() }
        self.message = String(text)
        self.context = String(context.prefix(120))
        // Class 08 and the "terminated by administrator" family end the session, even if the
        // client library has not yet seen the end of the stream.
        self.isConnectionLost =
            isConnectionLost || sqlState.hasPrefix("08") || sqlState.hasPrefix("57P")
    }

    package var description: String {
        let state = sqlState.isEmpty ? "" : " [\(sqlState)]"
        return "\(message)\(state), during: \(context)"
    }
}
