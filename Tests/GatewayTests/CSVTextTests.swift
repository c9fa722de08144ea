internal import Gateway
internal import Testing

@Suite("Cells and lines of CSV")
struct CSVTextTests {
    @Test(
        "What begins like a formula is none",
        arguments: [
            ("=1+1", "'=1+1"), ("+1 555", "'+1 555"),
            ("-5+cmd|' /C calc'!A0", "'-5+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"), ("\r\n=1", "'\r\n=1"), ("＝1", "'＝1"),
            ("--5", "'--5"), ("-", "'-"), ("-5.", "'-5."),
        ])
    func formulas(_ text: String, _ cell: String) {
        #expect(CSVText.harmless(text) == cell)
    }

    @Test(
        "Amounts and plain texts stay as they are",
        arguments: ["", "-12.50", "-7", "0.00", "BKCHCNBJ", "a=b", "廊桥", "2026-11-30"])
    func plain(_ text: String) {
        #expect(CSVText.harmless(text) == text)
    }

    @Test("Cells are quoted where they hold what would end them (RFC 4180 §2)")
    func quotes() {
        #expect(
            CSVText.line(["a", "b,c", "d\"e", "f\r\ng", " h"])
                == "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",\" h\"\r\n")
        #expect(CSVText.line(["", "a;b"]) == ",\"a;b\"\r\n")
    }
}
