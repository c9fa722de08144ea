/// What the content of an element may be.
package enum Form: Sendable {
    /// 1 to so many characters, none of them a control character.
    case text(Int)
    /// One of these codes.
    case list([[UInt8]])
    /// So many letters or digits, or so many digits.
    case alphanumeric(Int)
    case digits(Int)
    case bic
    case lei
    /// Two capital letters, and three.
    case country
    case currency
    /// An IBAN with right check digits, where none of these fields stands beside it.
    case iban(unless: [Int])
    case phone
    /// Of version 4, in lower case.
    case uuid
    case hexadecimal
    /// 64 hexadecimal digits in capitals.
    case signature
    /// Bytes as text, so many of them at most.
    case base64(Int)
    case date
    case dateTime
    case time
    case year
    case indicator
    /// A decimal number with so many digits, so many of them after the point.
    case decimal(Int, Int)
    /// An amount with its currency; carried as a `Money`.
    case amount
    /// A component that is a message of its own.
    case message(Component)
    /// A component whose fields belong to the message around it.
    case inline(Component)
    /// An element of another schema, as text.
    case foreign
    /// Kept by the order itself.
    case elsewhere
    /// Own words, which no message has.
    case words

    /// One of the codes in a text with blanks between them.
    static func codes(_ codes: String) -> Form {
        .list(codes.split(separator: " ").map { Array($0.utf8) })
    }
}
