/// Something whose fields are declared once, in ``visit(_:)``. Its binary form, its part of the
/// state hash, its columns and their names all follow from that.
///
/// For commands and rows that come seldom. Payments, fills and accounts are written by hand.
public protocol Declared: Equatable, Sendable {
    /// A value whose fields are going to be read.
    init()

    /// Shows every field to the visitor, in the order in which they are written.
    mutating func visit(_ fields: inout some FieldVisitor)
}

/// Is shown the fields of a declared value one by one, and reads or replaces them.
public protocol FieldVisitor {
    mutating func field<Value: FieldValue>(_ name: String, _ value: inout Value, _ form: FieldForm)

    /// A short name, which messages say in one field and everything else in two: `_beginning` and
    /// `_rest`.
    mutating func name<Text: PrintableText>(_ name: String, _ text: inout Text)

    /// A hash of 32 bytes, which messages say in one field and everything else in two: `_high` and
    /// `_low`.
    mutating func fingerprint(_ name: String, _ fingerprint: inout KeyFingerprint)

    /// Bytes of the binary form that are zero.
    mutating func reserved(bytes: Int)

    /// A time with nanoseconds, and beside it a column that shows it to people.
    mutating func instant(
        _ name: String, shownAs column: String, _ value: inout Timestamp, _ form: FieldForm)

    /// What came with the command that made the row: a column of text named `details`, the last
    /// one but for columns that came later. No rule reads it, so it is not part of the state hash.
    mutating func details(_ range: inout AttachmentRange)
}

extension FieldVisitor {
    public mutating func name<Text: PrintableText>(_ name: String, _ text: inout Text) {
        field("\(name)_beginning", &text.beginning)
        field("\(name)_rest", &text.rest)
    }
    public mutating func fingerprint(_ name: String, _ fingerprint: inout KeyFingerprint) {
        field("\(name)_high", &fingerprint.high)
        field("\(name)_low", &fingerprint.low)
    }
    public mutating func reserved(bytes: Int) {}
    public mutating func details(_ range: inout AttachmentRange) {}
    public mutating func instant(
        _ name: String, shownAs column: String, _ value: inout Timestamp, _ form: FieldForm
    ) {
        field(name, &value, form)
    }

    /// - Parameters:
    ///   - name: as in the table and in the protocol buffers.
    ///   - bytes: of the binary form, where it is wider than the value.
    ///   - column: where it is not the usual one of its type.
    ///   - meaning: where its type does not say all of it.
    ///   - place: where it stands in the words of the state hash; the next free word when left out.
    public mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, bytes: Int? = nil, column: FieldColumn? = nil,
        as meaning: FieldMeaning = .ofItsType, hash place: HashPlace? = nil
    ) {
        field(
            name, &value,
            FieldForm(
                bytes: bytes ?? MemoryLayout<Value.Bits>.size, column: column ?? Value.column,
                meaning: meaning, hash: place))
    }

    public mutating func instant(
        _ name: String, shownAs column: String, _ value: inout Timestamp,
        hash place: HashPlace? = nil
    ) {
        instant(
            name, shownAs: column, &value,
            FieldForm(bytes: 8, column: .int8, meaning: .ofItsType, hash: place))
    }
}

/// How a field stands where it is written.
public struct FieldForm: Sendable {
    /// Bytes of its binary form; what is wider than the value is zero.
    public let bytes: Int
    public let column: FieldColumn
    public let meaning: FieldMeaning
    /// Nil is the next free word.
    public let hash: HashPlace?
}

/// What a field is beyond its type, for messages of the API.
public enum FieldMeaning: Sendable {
    case ofItsType
    /// A message leaves it out where its bits are zero.
    case optional
    /// Any currency but the renminbi.
    case foreign
    /// Minor units, said as a decimal. Of this currency, unless the message has a field `currency`.
    case amount(Currency)
    /// Minutes since local midnight, said as `HH:MM`.
    case minute
    /// Nanoseconds since 1970, said as a time; a message leaves 0 out.
    case time
    /// A bit for each day of the week from Monday on, said as numbers from 1 on.
    case weekdays
    /// Nanoseconds since 1970, said as a time; 0 is none and left out.
    case instant
}

/// Where a field stands in the words that a row's state hash mixes.
public struct HashPlace: Sendable {
    public let word: Int
    public let bit: Int

    /// From this bit of this word on. A value of 128 bits fills the word with its upper half, and
    /// the next one with its lower.
    public static func word(_ word: Int, bit: Int = 0) -> HashPlace {
        HashPlace(word: word, bit: bit)
    }
}
