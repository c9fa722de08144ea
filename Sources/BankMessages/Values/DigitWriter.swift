/// Writes dates and times in figures.
struct DigitWriter {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(35) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func add(_ mark: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount))
    }

    /// So many digits of a number that has no more, with zeros in front.
    mutating func add(_ number: Int, width: Int) {
        let start = bytes.count
        var rest = number
        for _ in 0..<width { bytes.append(48) }
        for place in (start..<start + width).reversed() {
            bytes[place] += UInt8(rest % 10)
            rest /= 10
        }
    }

    /// `YYYY-MM-DD`.
    mutating func add(_ date: CalendarDate) {
        add(date.year, width: 4)
        add("-")
        add(date.month, width: 2)
        add("-")
        add(date.day, width: 2)
    }

    /// `hh:mm:ss` and a fraction of 0, 3, 6 or 9 digits, as many as it needs.
    mutating func add(clock nanoseconds: Int64) {
        let seconds = Int(nanoseconds / 1_000_000_000)
        add(seconds / 3_600, width: 2)
        add(":")
        add(seconds / 60 % 60, width: 2)
        add(":")
        add(seconds % 60, width: 2)
        var fraction = Int(nanoseconds % 1_000_000_000)
        guard fraction != 0 else { return }
        var width = 9
        while fraction % 1_000 == 0 { (fraction, width) = (fraction / 1_000, width - 3) }
        add(".")
        add(fraction, width: width)
    }
}
