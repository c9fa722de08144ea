internal import Domain

/// R18: whose certificates and keys are on record.
extension PlainLedger {
    struct Key {
        var owner: KeyOwner
        var purpose: KeyPurpose
        var until: Timestamp
        var state = "active"
    }

    /// The command's outcome, if it is one of these.
    mutating func carryOutKeys(_ command: any DeclaredCommand) -> Outcome? {
        let answer: (code: ResultCode, isRepetition: Bool)
        switch command {
        case let it as RegisterKey: answer = register(it)
        case let it as RotateKey: answer = (rotate(it), false)
        case let it as RevokeKey: answer = revoke(it)
        default: return nil
        }
        return Outcome(
            code: answer.code, kind: type(of: command).kind, isRepetition: answer.isRepetition)
    }

    private func isOver(_ until: Timestamp) -> Bool { until != 0 && until <= now }

    private mutating func register(_ wish: RegisterKey) -> (ResultCode, Bool) {
        let name = "\(wish.owner.name)"
        if wish.fingerprint == .none || !wish.owner.name.isValid || isOver(wish.until) {
            return (.keyInvalid, false)
        }
        switch wish.owner.kind {
        case .participant:
            guard let bic = BIC(name), "\(bic)" == name else { return (.keyInvalid, false) }
            if registered(bic) == nil { return (.participantUnknown, false) }
        case .operator:
            if operators[wish.owner.name] == nil { return (.operatorUnknown, false) }
        case .node, .witness: break
        }
        if let known = keys[wish.fingerprint] {
            let isSame =
                known.owner == wish.owner && known.purpose == wish.purpose
                && known.until == wish.until && known.state == "active"
            return (isSame ? .accepted : .keyConflict, isSame)
        }
        keys[wish.fingerprint] = Key(owner: wish.owner, purpose: wish.purpose, until: wish.until)
        return (.accepted, false)
    }

    private mutating func rotate(_ wish: RotateKey) -> ResultCode {
        if wish.fingerprint == .none || wish.retires <= now || isOver(wish.until) {
            return .keyInvalid
        }
        guard let old = keys[wish.old], old.state == "active", !isOver(old.until) else {
            return .keyUnknown
        }
        if keys[wish.fingerprint] != nil { return .keyConflict }
        keys[wish.old]?.state = "retiring"
        keys[wish.old]?.until = old.until == 0 ? wish.retires : min(old.until, wish.retires)
        keys[wish.fingerprint] = Key(owner: old.owner, purpose: old.purpose, until: wish.until)
        return .accepted
    }

    private mutating func revoke(_ wish: RevokeKey) -> (ResultCode, Bool) {
        if wish.fingerprint == .none { return (.keyInvalid, false) }
        guard let known = keys[wish.fingerprint] else {
            keys[wish.fingerprint] = Key(
                owner: KeyOwner(.participant, .none), purpose: .tls, until: 0, state: "revoked")
            return (.accepted, false)
        }
        keys[wish.fingerprint]?.state = "revoked"
        return (.accepted, known.state == "revoked")
    }
}
