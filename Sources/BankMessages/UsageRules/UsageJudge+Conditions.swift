extension UsageJudge {
    func holds(_ conditions: [UsageCondition<ResolvedUsagePath>], at element: XMLElement) -> Bool {
        conditions.allSatisfy { holds($0, at: element) }
    }

    private func holds(_ condition: UsageCondition<ResolvedUsagePath>, at element: XMLElement)
        -> Bool
    {
        switch condition {
        case .has(let path): isAnything(at: path, from: element)
        case .lacks(let path): !isAnything(at: path, from: element)
        case .hasAny(let paths): paths.contains { isAnything(at: $0, from: element) }
        case .some(let path, let values): isAny(at: path, from: element, among: values)
        case .none(let path, let values): !isAny(at: path, from: element, among: values)
        case .every(let path, let value):
            isEvery(texts(path, at: element)) { $0.elementsEqual(value.utf8) }
        case .countries(let path, let among):
            isEvery(texts(path, at: element)) { bic in
                among.contains { bic.dropFirst(4).prefix(2).elementsEqual($0.utf8) }
            }
        case .atMostOne(let path): elements(path, at: element).count <= 1
        case .distinct(let path): areDistinct(texts(path, at: element))
        case .differ(let first, let second):
            compare(first, second, at: element) { $0.units != $1.units }
        case .isLess(let first, let second):
            compare(first, second, at: element) { $0.units < $1.units }
        }
    }

    private func isAny(
        at path: ResolvedUsagePath, from element: XMLElement, among values: [String]
    ) -> Bool {
        texts(path, at: element).contains { text in
            values.contains { text.elementsEqual($0.utf8) }
        }
    }

    private func isEvery(
        _ texts: [ArraySlice<UInt8>], _ holds: (ArraySlice<UInt8>) -> Bool
    ) -> Bool {
        !texts.isEmpty && texts.allSatisfy(holds)
    }

    private func areDistinct(_ texts: [ArraySlice<UInt8>]) -> Bool {
        Set(texts).count == texts.count
    }

    /// False unless both amounts are there, can be read and are of one currency.
    private func compare(
        _ first: ResolvedUsagePath, _ second: ResolvedUsagePath, at element: XMLElement,
        _ holds: (UsageAmount, UsageAmount) -> Bool
    ) -> Bool {
        guard let first = elements(first, at: element).first?.amount,
            let second = elements(second, at: element).first?.amount,
            first.currency == second.currency
        else { return false }
        return holds(first, second)
    }
}
