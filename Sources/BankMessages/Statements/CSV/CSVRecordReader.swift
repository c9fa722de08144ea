/// Puts lines together to records and cuts these into fields (RFC 4180): a field in quotes may hold
/// delimiters, ends of lines, and quotes written twice.
///
/// A quote within a field that does not begin with one is a character like others.
struct CSVRecordReader {
    let delimiter: UInt8
    let quote: UInt8?
    /// Of one record, with the ends of lines within it.
    let mostBytes: Int

    /// Fields of the record that goes on, the last one in quotes and open.
    private var fields: [[UInt8]] = []
    private var bytes = 0
    private(set) var isOpen = false
    /// The line of the file with which the record begins.
    private(set) var firstLine = 0

    struct Record {
        let fields: [[UInt8]]
        let line: Int

        var isBlank: Bool { fields.allSatisfy { $0[...].trimmed.isEmpty } }
    }

    init(delimiter: UInt8, quote: UInt8?, mostBytes: Int) {
        self.delimiter = delimiter
        self.quote = quote
        self.mostBytes = mostBytes
    }

    /// Nil while a field in quotes goes on behind the line.
    mutating func read(
        _ line: ArraySlice<UInt8>, number: Int
    ) throws(StatementRefusal) -> Record? {
        if !isOpen {
            (fields, bytes, firstLine) = ([], 0, number)
        } else {
            fields[fields.count - 1].append(UInt8(ascii: "\n"))
        }
        bytes += line.count + 1
        guard bytes <= mostBytes else {
            throw StatementRefusal(
                line: firstLine,
                "The row that begins here has more than \(mostBytes) bytes; a quote may be missing."
            )
        }
        var rest = line
        if isOpen { try takeQuoted(&rest, number: number) }
        while !isOpen {
            if fields.isEmpty || rest.first == delimiter {
                if !fields.isEmpty { rest = rest.dropFirst() }
                try takeField(&rest, number: number)
            } else {
                return Record(fields: fields, line: firstLine)
            }
        }
        return nil
    }

    private mutating func takeField(
        _ rest: inout ArraySlice<UInt8>, number: Int
    ) throws(StatementRefusal) {
        if let quote, rest.first == quote {
            rest = rest.dropFirst()
            fields.append([])
            isOpen = true
            try takeQuoted(&rest, number: number)
        } else {
            let field = rest.prefix { $0 != delimiter }
            fields.append(Array(field))
            rest = rest[field.endIndex...]
        }
    }

    /// Goes on in a field in quotes, to its end or that of the line.
    private mutating func takeQuoted(
        _ rest: inout ArraySlice<UInt8>, number: Int
    ) throws(StatementRefusal) {
        while let closing = rest.firstIndex(of: quote!) {
            fields[fields.count - 1] += rest[..<closing]
            rest = rest[(closing + 1)...]
            guard rest.first == quote else {
                rest = rest.drop { $0 == UInt8(ascii: " ") && $0 != delimiter }
                guard rest.isEmpty || rest.first == delimiter else {
                    throw StatementRefusal(
                        line: number,
                        "Field \(fields.count) goes on behind its closing quote, with "
                            + "\(rest.quoted).")
                }
                isOpen = false
                return
            }
            fields[fields.count - 1].append(quote!)
            rest = rest.dropFirst()
        }
        fields[fields.count - 1] += rest
        rest = rest[rest.endIndex...]
    }
}
