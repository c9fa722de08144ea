internal import Domain

// How declared rows stand in the tables: a column for each field, in the order in which they are
// declared.

extension DeclaredRow {
    /// Writes the row as one of a COPY.
    ///
    /// - Parameters:
    ///   - details: where they lie in the batches; nil leaves what is on record.
    func write(to copy: inout CopyWriter, _ details: DetailsPlace?, in batches: [Batch]) {
        copy.beginRow()
        var row = self
        var columns = ColumnValues()
        row.visit(&columns)
        for value in columns.values {
            switch value {
            case .int2(let number): copy.int2(number)
            case .int4(let number): copy.int4(number)
            case .int8(let number): copy.int8(number)
            case .wide(let bits): copy.integer(bits)
            case .time(let time): copy.time(time)
            case .text(let text): copy.text(text)
            case .details: copy.details(details, in: batches)
            }
        }
    }

    /// Reads a row.
    ///
    /// - Throws: ``StoreError``, `rowUnreadable`.
    init(from row: inout some FieldSource) throws(StoreError) {
        var details: String?
        try self.init(from: &row, keeping: false, &details)
    }

    /// Reads a row with its details.
    init(from row: inout some FieldSource, details: inout String?) throws(StoreError) {
        try self.init(from: &row, keeping: true, &details)
    }

    private init(
        from row: inout some FieldSource, keeping: Bool, _ details: inout String?
    ) throws(StoreError) {
        self.init()
        var columns = ColumnReader(row: row, keepsDetails: keeping)
        visit(&columns)
        row = columns.row
        details = columns.details
        try row.check(Self.table)
    }
}

/// What stands in the columns of one row.
private struct ColumnValues: FieldVisitor {
    enum Value {
        case int2(Int16)
        case int4(Int32)
        case int8(Int64)
        /// `uuid`, or `bytea` of 16 bytes.
        case wide(UInt128)
        case time(Timestamp)
        case text(String?)
        case details
    }

    var values: [Value] = []

    mutating func field<Field: FieldValue>(
        _ name: String, _ value: inout Field, _ form: FieldForm
    ) {
        switch form.column {
        case .int2: values.append(.int2(Int16(truncatingIfNeeded: value.bits)))
        case .int4: values.append(.int4(Int32(truncatingIfNeeded: value.bits)))
        case .int8: values.append(.int8(Int64(truncatingIfNeeded: value.bits)))
        case .uuid, .bytes: values.append(.wide(UInt128(truncatingIfNeeded: value.bits)))
        case .text: values.append(.text(value.text))
        }
    }

    mutating func instant(
        _ name: String, shownAs column: String, _ value: inout Timestamp, _ form: FieldForm
    ) {
        values.append(.time(value))
        field(name, &value, form)
    }

    mutating func details(_ range: inout AttachmentRange) { values.append(.details) }
}

/// Reads the columns of one row into its fields. What no gateway wrote damages the row.
private struct ColumnReader<Row: FieldSource>: FieldVisitor {
    var row: Row
    let keepsDetails: Bool
    var details: String?

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        let read: Value? =
            switch form.column {
            case .int2: number(row.integer(Int16.self))
            case .int4: number(row.integer(Int32.self))
            case .int8: number(row.integer(Int64.self))
            case .uuid, .bytes: number(row.integer(UInt128.self))
            case .text: Value(text: row.optionalText())
            }
        if let read { value = read } else { row.isDamaged = true }
    }

    /// A number must fit the value as it fits its column, unsigned ones of the same size by bits.
    private func number<Value: FieldValue>(_ stored: some FixedWidthInteger) -> Value? {
        let bits = Value.Bits(truncatingIfNeeded: stored)
        guard type(of: stored).init(truncatingIfNeeded: bits) == stored else { return nil }
        return Value(bits: bits)
    }

    mutating func instant(
        _ name: String, shownAs column: String, _ value: inout Timestamp, _ form: FieldForm
    ) {
        row.skip()
        field(name, &value, form)
    }

    mutating func details(_ range: inout AttachmentRange) {
        if keepsDetails { details = row.optionalText() } else { row.skip() }
    }
}
