/// Judges one document by the rules of one set.
///
/// Elements are found by their names alone, whatever namespace they are in: what stands in a wrong
/// one is refused by the reader. The texts judged are those of elements without children, without
/// white space around them.
///
/// - Complexity: O(rules × elements): each rule goes at most once through what it names.
struct UsageJudge {
    let tree: XMLTree
    let header: Int?
    let document: Int
    let body: Int
    private let rules: UsageRuleSet
    private var paths: UsagePaths
    private var rule: UsageRule?
    private(set) var findings: [UsageFinding] = []

    /// Nil when the element below `Document` is not that of the rules.
    init?(_ rules: UsageRuleSet, tree: XMLTree, header: Int?, document: Int) {
        self.tree = tree
        self.header = header
        self.document = document
        self.rules = rules
        let root = UsagePath(rules.root).resolved(in: tree.symbols)
        guard let steps = root.steps, let name = steps.first,
            let body = tree.children(of: document, named: name).first
        else { return nil }
        self.body = body
        paths = UsagePaths(tree: tree, tops: [document: "/Document"])
        if let header { paths.tops[header] = "/AppHdr" }
        paths.transactions = elements(rules.transactions.resolved(in: tree.symbols), at: body)
    }

    /// - Returns: the findings in the order of the rules.
    mutating func judge() -> [UsageFinding] {
        for rule in rules.rules {
            self.rule = rule
            judge(rule.check.map { $0.resolved(in: tree.symbols) })
        }
        return findings
    }

    private mutating func judge(_ check: UsageCheck<ResolvedUsagePath>) {
        switch check {
        case .same(let first, let second, let conditions):
            if holds(conditions, at: body) { compare(first, second) }
        case .among(let first, let second): compareEach(first, second)
        case .contains(let whole, let part): contain(whole, part)
        case .isDefinition(let path): compareDefinition(path)
        case .each(let path, let conditions, let demands):
            for element in elements(path, at: body)
            where holds(conditions, at: element) && !holds(demands, at: element) {
                report(element)
            }
        case .values(let paths, let test):
            for path in paths { testTexts(of: elements(path, at: body), test) }
        case .currencies(let path, let test):
            testCurrencies(of: elements(path, at: body), test)
        case .characters(let path, let texts, let most):
            for element in elements(path, at: body) { count(texts, at: element, most) }
        case .sum(let path, let total, let parts):
            for element in elements(path, at: body) { add(total, parts, at: element) }
        case .anywhere(let name, let test): testTexts(of: elements(named: name), test)
        case .anyCurrency(let test):
            testCurrencies(of: judged, test)
            testTexts(of: elements(named: "Ccy"), test)
        case .addressesWithoutRepetition:
            for address in elements(named: "PstlAdr") { judgeAddress(address) }
        }
    }

    /// Takes note of a breach of the rule that is being judged.
    mutating func report(_ element: Int, attribute: String? = nil) {
        guard let rule else { return }
        let end = attribute.map { "/@" + $0 } ?? ""
        findings.append(
            UsageFinding(
                rule: "\(rules.name):\(rule.number)", severity: rule.severity,
                path: paths.path(of: element) + end, transaction: paths.transaction(of: element),
                sentence: rule.sentence))
    }
}

extension UsageJudge {
    /// The elements at the end of a path, in the order of the document.
    func elements(_ path: ResolvedUsagePath, at start: Int) -> [Int] {
        guard let steps = path.steps, let top = path.isInHeader ? header : start else { return [] }
        var found = [top]
        for step in steps {
            found = found.flatMap { tree.children(of: $0, named: step) }
        }
        return found
    }

    func isAnything(at path: ResolvedUsagePath, from start: Int) -> Bool {
        guard let steps = path.steps, let top = path.isInHeader ? header : start else {
            return false
        }
        return reaches(steps[...], from: top)
    }

    private func reaches(_ steps: ArraySlice<XMLTree.Symbol>, from start: Int) -> Bool {
        guard let step = steps.first else { return true }
        return tree.children(of: start, named: step).contains {
            reaches(steps.dropFirst(), from: $0)
        }
    }

    func texts(_ path: ResolvedUsagePath, at start: Int) -> [ArraySlice<UInt8>] {
        elements(path, at: start).map(text)
    }

    func text(_ element: Int) -> ArraySlice<UInt8> {
        let node = tree.nodes[element]
        return trimmed(tree.text[Int(node.textStart)..<Int(node.textEnd)])
    }

    func attribute(_ name: XMLTree.Symbol, of element: Int) -> ArraySlice<UInt8>? {
        tree.attributes(of: element).first { $0.name == name && $0.namespace == 0 }
            .map { tree.text[Int($0.valueStart)..<Int($0.valueEnd)] }
    }

    /// All elements of header and document.
    private var judged: [Int] {
        let parts = [header, document].compactMap { $0 }
        return parts.flatMap { Array($0..<Int(tree.nodes[$0].end)) }
    }

    private func elements(named name: String) -> [Int] {
        guard let symbol = tree.symbols.symbol(of: name) else { return [] }
        return judged.filter { tree.nodes[$0].name == symbol }
    }
}

extension UsageJudge {
    private mutating func compare(_ first: ResolvedUsagePath, _ second: ResolvedUsagePath) {
        let places = elements(first, at: body)
        let other = Set(texts(second, at: body))
        guard let place = places.first, !other.isEmpty else { return }
        if Set(places.map(text)) != other { report(place) }
    }

    private mutating func compareEach(_ first: ResolvedUsagePath, _ second: ResolvedUsagePath) {
        let allowed = Set(texts(second, at: body))
        guard !allowed.isEmpty else { return }
        for place in elements(first, at: body) where !allowed.contains(text(place)) {
            report(place)
        }
    }

    private mutating func contain(_ whole: ResolvedUsagePath, _ part: ResolvedUsagePath) {
        guard let place = elements(whole, at: body).first,
            let part = texts(part, at: body).first, !part.isEmpty
        else { return }
        if text(place).firstRange(of: part) == nil { report(place) }
    }

    private mutating func compareDefinition(_ path: ResolvedUsagePath) {
        let namespace = tree.symbols.texts[Int(tree.nodes[document].namespace)]
        guard namespace.hasPrefix(isoNamespacePrefix), let place = elements(path, at: body).first
        else { return }
        let name = namespace.utf8.dropFirst(isoNamespacePrefix.utf8.count)
        let text = text(place)
        if !text.isEmpty, !text.elementsEqual(name) { report(place) }
    }

    private mutating func testTexts(of elements: [Int], _ test: UsageValueTest) {
        for element in elements where !test.passes(text(element)) { report(element) }
    }

    private mutating func testCurrencies(of elements: [Int], _ test: UsageValueTest) {
        guard let name = tree.symbols.symbol(of: "Ccy") else { return }
        for element in elements {
            guard let currency = attribute(name, of: element) else { continue }
            if !test.passes(trimmed(currency)) { report(element, attribute: "Ccy") }
        }
    }

    private mutating func count(_ path: ResolvedUsagePath, at element: Int, _ most: Int) {
        let places = elements(path, at: element)
        let characters = places.reduce(0) { sum, place in
            (place..<Int(tree.nodes[place].end)).reduce(sum) { $0 + countCharacters(text($1)) }
        }
        if characters > most, let first = places.first { report(first) }
    }

    private mutating func add(
        _ total: ResolvedUsagePath, _ parts: ResolvedUsagePath, at element: Int
    ) {
        let parts = elements(parts, at: element).map(amount)
        guard let place = elements(total, at: element).first, let total = amount(place),
            !parts.isEmpty, parts.allSatisfy({ $0?.currency == total.currency })
        else { return }
        let sum = parts.reduce(Int128(0)) { $0 + ($1?.units ?? 0) }
        if (total.units - sum).magnitude > 1_000 { report(place) }
    }
}

/// The text without white space around it.
func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = text.drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start.prefix(0) }
    return start[...last]
}

/// How many Unicode scalars UTF-8 text has.
func countCharacters(_ text: ArraySlice<UInt8>) -> Int {
    text.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
}
