/// Judges one document by the rules of one set.
///
/// Elements are found by their names alone, whatever namespace they are in: what stands in a wrong
/// one is refused by the reader. The texts judged are those of elements without children, without
/// white space around them.
///
/// - Complexity: O(rules × elements): each rule goes at most once through what it names.
struct UsageJudge {
    let header: XMLElement?
    let document: XMLElement
    let body: XMLElement
    private let rules: UsageRuleSet
    private var places: UsagePlaces
    private var rule: UsageRule?
    private var findings: [UsageFinding] = []

    /// Nil when the element below `Document` is not that of the rules. The header may be of another
    /// tree than the document.
    init?(_ rules: UsageRuleSet, header: XMLElement?, document: XMLElement) {
        guard let body = document.firstChildren(named: rules.root).first else { return nil }
        self.header = header
        self.document = document
        self.body = body
        self.rules = rules
        places = UsagePlaces(header: header, document: document)
        places.transactions = elements(resolved(rules.transactions), at: body).map(\.index)
    }

    /// - Returns: the findings in the order of the rules.
    mutating func judge() -> [UsageFinding] {
        for rule in rules.rules {
            self.rule = rule
            judge(rule.check.map(resolved))
        }
        return findings
    }

    private func resolved(_ path: UsagePath) -> ResolvedUsagePath {
        path.resolved(in: (path.isInHeader ? header ?? document : document).tree.symbols)
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
    mutating func report(_ element: XMLElement, attribute: String? = nil) {
        guard let rule else { return }
        let end = attribute.map { "/@" + $0 } ?? ""
        findings.append(
            UsageFinding(
                rule: "\(rules.name):\(rule.number)", severity: rule.severity,
                path: places.path(of: element) + end,
                transaction: places.transaction(of: element), sentence: rule.sentence,
                code: rule.check.code))
    }
}

extension UsageJudge {
    /// The elements at the end of a path, in the order of the document.
    func elements(_ path: ResolvedUsagePath, at start: XMLElement) -> [XMLElement] {
        guard let steps = path.steps, let top = path.isInHeader ? header : start else { return [] }
        var found = [top]
        for step in steps {
            found = found.flatMap { $0.children(named: step) }
        }
        return found
    }

    func isAnything(at path: ResolvedUsagePath, from start: XMLElement) -> Bool {
        !elements(path, at: start).isEmpty
    }

    func texts(_ path: ResolvedUsagePath, at start: XMLElement) -> [ArraySlice<UInt8>] {
        elements(path, at: start).map(\.trimmedText)
    }

    /// All elements of header and document.
    private var judged: [XMLElement] {
        [header, document].compactMap { $0 }.flatMap(\.withAllBelow)
    }

    private func elements(named name: String) -> [XMLElement] {
        [header, document].compactMap { $0 }.flatMap { part in
            part.tree.symbols.symbol(of: name).map { part.withAllBelow(named: $0) } ?? []
        }
    }
}

extension UsageJudge {
    private mutating func compare(_ first: ResolvedUsagePath, _ second: ResolvedUsagePath) {
        let places = elements(first, at: body)
        let other = Set(texts(second, at: body))
        guard let place = places.first, !other.isEmpty else { return }
        if Set(places.map(\.trimmedText)) != other { report(place) }
    }

    private mutating func compareEach(_ first: ResolvedUsagePath, _ second: ResolvedUsagePath) {
        let allowed = Set(texts(second, at: body))
        guard !allowed.isEmpty else { return }
        for place in elements(first, at: body) where !allowed.contains(place.trimmedText) {
            report(place)
        }
    }

    private mutating func contain(_ whole: ResolvedUsagePath, _ part: ResolvedUsagePath) {
        guard let place = elements(whole, at: body).first,
            let part = texts(part, at: body).first, !part.isEmpty
        else { return }
        if place.trimmedText.firstRange(of: part) == nil { report(place) }
    }

    private mutating func compareDefinition(_ path: ResolvedUsagePath) {
        let namespace = document.namespace
        guard namespace.hasPrefix(isoNamespacePrefix), let place = elements(path, at: body).first
        else { return }
        let name = namespace.utf8.dropFirst(isoNamespacePrefix.utf8.count)
        let text = place.trimmedText
        if !text.isEmpty, !text.elementsEqual(name) { report(place) }
    }

    private mutating func testTexts(of elements: [XMLElement], _ test: UsageValueTest) {
        for element in elements where !test.passes(element.trimmedText) { report(element) }
    }

    private mutating func testCurrencies(of elements: [XMLElement], _ test: UsageValueTest) {
        for element in elements {
            guard let currency = element.currency else { continue }
            if !test.passes(trimmed(currency)) { report(element, attribute: "Ccy") }
        }
    }

    private mutating func count(_ path: ResolvedUsagePath, at element: XMLElement, _ most: Int) {
        let places = elements(path, at: element)
        let characters = places.flatMap(\.withAllBelow).reduce(0) {
            $0 + countCharacters($1.trimmedText)
        }
        if characters > most, let first = places.first { report(first) }
    }

    private mutating func add(
        _ total: ResolvedUsagePath, _ parts: ResolvedUsagePath, at element: XMLElement
    ) {
        let parts = elements(parts, at: element).map(\.amount)
        guard let place = elements(total, at: element).first, let total = place.amount,
            !parts.isEmpty, parts.allSatisfy({ $0?.currency == total.currency })
        else { return }
        let sum = parts.reduce(Int128(0)) { $0 + ($1?.units ?? 0) }
        if (total.units - sum).magnitude > 1_000 { report(place) }
    }
}
