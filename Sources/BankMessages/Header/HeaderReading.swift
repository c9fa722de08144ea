internal import Domain

extension MessageElement {
    /// Reads an `AppHdr`; with a definition given, the header must announce that message.
    func applicationHeader(
        for definition: MessageDefinition?
    ) throws(MessageRejection) -> BusinessApplicationHeader {
        let version = try headerVersion()
        let announced = try required("MsgDefIdr")
        let name = try announced.text(max: 35)
        if let definition, definition.name != name {
            throw MessageRejection(
                cause: .contradiction, code: .invalidFileFormat, path: announced.path,
                sentence: "MsgDefIdr says \(name), but Document is \(definition.name).")
        }
        return BusinessApplicationHeader(
            version: version, from: try required("Fr").partyBIC(),
            to: try required("To").partyBIC(),
            businessMessageIdentifier: try required("BizMsgIdr").text(max: 35),
            messageDefinitionIdentifier: name, businessService: try child("BizSvc")?.text(max: 35),
            creationDate: try required("CreDt").dateTime(),
            copyDuplicate: try child("CpyDplct")?.code(CopyDuplicate.self),
            possibleDuplicate: try child("PssblDplct")?.indicator())
    }

    private func headerVersion() throws(MessageRejection) -> Int {
        let versions = BusinessApplicationHeader.versions
        let namespace = element.namespace
        for version in versions
        where namespace == BusinessApplicationHeader.namespace(version: version) {
            return version
        }
        let first = BusinessApplicationHeader.namespace(version: versions.lowerBound)
        throw MessageRejection(
            cause: .wrongNamespace, code: .invalidFileFormat, path: path,
            sentence: "AppHdr must be in namespace \(first) to .0\(versions.upperBound).")
    }

    /// The BIC of a `Party44Choice`: that of an institution, or of an organisation.
    private func partyBIC() throws(MessageRejection) -> BIC? {
        if let bic = try descendant(["FIId", "FinInstnId", "BICFI"]) { return try bic.bic() }
        return try descendant(["OrgId", "Id", "OrgId", "AnyBIC"])?.bic()
    }
}
