internal import Evidence
internal import Foundation

/// A page to read and to print: its own style, no script, and nothing from elsewhere.
struct PageFrame {
    var title: String
    /// What stands above the tables; HTML.
    var body: String

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title.escaped)</title>
        <style>\(PageFrame.style)</style>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }

    /// What a browser may load and run for it: this style and nothing else.
    static let contentPolicy: String = {
        let digest = SHA256Digest(of: Array(style.utf8))
        let hash = Data(digest.bytes).base64EncodedString()
        return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'"
    }()

    private static let style = """

        :root { --ink: #16202a; --soft: #5a6672; --line: #d5dbe1; --ground: #fff; --band: #f5f7f9; }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem; background: var(--ground);
            color: var(--ink);
            font: 15px/1.45 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; }
        h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
        h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
        p { margin: 0 0 1.25rem; color: var(--soft); }
        dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr));
            gap: .75rem 1.5rem; margin: 0; padding: 1rem 0; border-block: 1px solid var(--line); }
        dt { color: var(--soft); font-size: .8rem; }
        dd { margin: 0; font-variant-numeric: tabular-nums; }
        .sum { font-size: 1.15rem; font-weight: 600; }
        .frame { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .35rem .6rem; text-align: left; vertical-align: top; }
        th { border-bottom: 1px solid var(--ink); font-size: .8rem; font-weight: 600; }
        td { border-bottom: 1px solid var(--line); }
        tbody tr:nth-child(even) { background: var(--band); }
        tfoot td { border-top: 1px solid var(--ink); border-bottom: 0; font-weight: 600; }
        .n { text-align: right; white-space: nowrap; }
        .t { white-space: nowrap; }
        td.id { min-width: 9em; overflow-wrap: anywhere; font-size: .85rem; }
        td.words { min-width: 24em; overflow-wrap: anywhere; font-size: .85rem; }
        nav { margin-top: 1.5rem; display: flex; gap: 1.5rem; }
        a { color: inherit; }
        footer { margin-top: 2rem; color: var(--soft); font-size: .8rem; }
        @media (prefers-color-scheme: dark) {
            :root { --ink: #e6ebf0; --soft: #9aa6b2; --line: #333d47; --ground: #14191e;
                --band: #1a2026; }
        }
        @media (max-width: 40rem) {
            body { padding: 1.25rem .9rem; font-size: 14px; }
            th, td { padding: .3rem .4rem; }
        }
        @page { size: A4; margin: 18mm 14mm 20mm;
            @bottom-right { content: "Page " counter(page) " of " counter(pages);
                font: 8pt sans-serif; } }
        @media print {
            :root { --ink: #000; --soft: #444; --line: #bbb; --ground: #fff; --band: #fff; }
            body { max-width: none; padding: 0; font-size: 8.5pt; }
            .frame { overflow: visible; }
            thead { display: table-header-group; }
            tfoot { display: table-row-group; }
            tr { break-inside: avoid; }
            nav { display: none; }
            th, td { padding: .16rem .3rem; font-size: 8pt; }
            td.id, td.words { font-size: 7.5pt; }
        }

        """
}

extension String {
    /// Text inside an element or a quoted attribute.
    var escaped: String {
        var text = ""
        text.reserveCapacity(utf8.count)
        for character in unicodeScalars {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    /// A decimal number with commas between its thousands.
    var grouped: String {
        let parts = split(separator: ".", maxSplits: 1)
        guard let whole = parts.first else { return self }
        let (sign, digits) = whole.hasPrefix("-") ? ("−", whole.dropFirst()) : ("", whole)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return sign + text + (parts.count > 1 ? ".\(parts[1])" : "")
    }
}

/// A table of a page.
struct PageTable {
    struct Column {
        var name: String
        /// A class of the style.
        var style = ""
    }

    var columns: [Column]
    /// Plain texts.
    var rows: [[String]]
    var totals: [[String]] = []

    var html: String {
        let head = columns.map { "<th\(style($0))>\($0.name.escaped)</th>" }.joined()
        var text = "<div class=\"frame\"><table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n"
        for row in rows { text += line(row) }
        text += "</tbody>\n"
        if !totals.isEmpty {
            text += "<tfoot>\n" + totals.map { line($0) }.joined() + "</tfoot>\n"
        }
        return text + "</table></div>"
    }

    private func line(_ row: [String]) -> String {
        let cells = zip(columns, row).map { "<td\(style($0))>\($1.escaped)</td>" }
        return "<tr>\(cells.joined())</tr>\n"
    }

    private func style(_ column: Column) -> String {
        column.style.isEmpty ? "" : " class=\"\(column.style)\""
    }
}

/// What stands at the head of a page: names and values.
struct PageFacts {
    /// Plain texts; a sum stands out.
    var facts: [(name: String, value: String, isSum: Bool)] = []

    mutating func add(_ name: String, _ value: String, isSum: Bool = false) {
        facts.append((name, value, isSum))
    }

    var html: String {
        let items = facts.map { fact in
            "<div><dt>\(fact.name.escaped)</dt><dd\(fact.isSum ? " class=\"sum\"" : "")>"
                + "\(fact.value.escaped)</dd></div>\n"
        }
        return "<dl>\n\(items.joined())</dl>"
    }
}
