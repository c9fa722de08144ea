/// What a usage rule asks for.
///
/// Generic over its paths: tables are written with ``UsagePath``, and each message is judged by the
/// same checks over ``ResolvedUsagePath``.
enum UsageCheck<Path: Sendable>: Sendable {
    /// Both places have the same values, if both have any and the conditions hold. Reported at the
    /// first element of the first.
    case same(Path, Path, when: [UsageCondition<Path>] = [])
    /// Every text of the first is one of the second, if there are any of these.
    case among(Path, Path)
    /// The first text has the second in it.
    case contains(Path, Path)
    /// The text is the name of the message, such as `pacs.008.001.08`.
    case isDefinition(Path)
    /// At each element: when all conditions hold, then these do.
    case each(Path, when: [UsageCondition<Path>] = [], then: [UsageCondition<Path>])
    /// Every text at one of the places passes.
    case values([Path], UsageValueTest)
    /// The currency of every amount there passes.
    case currencies(Path, UsageValueTest)
    /// At each element: the texts inside of all at `of` together have at most so many characters.
    /// Reported at the first of these.
    case characters(each: Path, of: Path, atMost: Int)
    /// At each element: the total is the sum of the parts, to a hundredth, in one currency.
    case sum(each: Path, total: Path, parts: Path)
    /// Every text of an element with this name, wherever it is, passes.
    case anywhere(String, UsageValueTest)
    /// The currency of every amount, wherever it is, passes.
    case anyCurrency(UsageValueTest)
    /// No value of an address is repeated in its free lines.
    case addressesWithoutRepetition
}

/// A condition at one element.
enum UsageCondition<Path: Sendable>: Sendable {
    case has(Path)
    case lacks(Path)
    case hasAny([Path])
    /// One of the texts there is among the values.
    case some(Path, [String])
    /// None of the texts there is among the values.
    case none(Path, [String])
    /// There are texts, and all have the value.
    case every(Path, String)
    /// There are BICs, and all are of one of these countries.
    case countries(Path, [String])
    case atMostOne(Path)
    /// No two texts there are equal.
    case distinct(Path)
    /// Both amounts are there, in the same currency, and differ.
    case differ(Path, Path)
    /// Both amounts are there, in the same currency, and the first is smaller.
    case isLess(Path, Path)
}

extension UsageCheck {
    func map<Other: Sendable>(_ change: (Path) -> Other) -> UsageCheck<Other> {
        switch self {
        case .same(let first, let second, let conditions):
            .same(change(first), change(second), when: conditions.map { $0.map(change) })
        case .among(let first, let second): .among(change(first), change(second))
        case .contains(let whole, let part): .contains(change(whole), change(part))
        case .isDefinition(let path): .isDefinition(change(path))
        case .each(let path, let conditions, let demands):
            .each(
                change(path), when: conditions.map { $0.map(change) },
                then: demands.map { $0.map(change) })
        case .values(let paths, let test): .values(paths.map(change), test)
        case .currencies(let path, let test): .currencies(change(path), test)
        case .characters(let path, let texts, let most):
            .characters(each: change(path), of: change(texts), atMost: most)
        case .sum(let path, let total, let parts):
            .sum(each: change(path), total: change(total), parts: change(parts))
        case .anywhere(let name, let test): .anywhere(name, test)
        case .anyCurrency(let test): .anyCurrency(test)
        case .addressesWithoutRepetition: .addressesWithoutRepetition
        }
    }
}

extension UsageCondition {
    func map<Other: Sendable>(_ change: (Path) -> Other) -> UsageCondition<Other> {
        switch self {
        case .has(let path): .has(change(path))
        case .lacks(let path): .lacks(change(path))
        case .hasAny(let paths): .hasAny(paths.map(change))
        case .some(let path, let values): .some(change(path), values)
        case .none(let path, let values): .none(change(path), values)
        case .every(let path, let value): .every(change(path), value)
        case .countries(let path, let among): .countries(change(path), among)
        case .atMostOne(let path): .atMostOne(change(path))
        case .distinct(let path): .distinct(change(path))
        case .differ(let first, let second): .differ(change(first), change(second))
        case .isLess(let first, let second): .isLess(change(first), change(second))
        }
    }
}
