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
                sentence: "MsgDefIdr says \(isMessageName(name) ? name : "something else"), but "
                    + "Document is \(definition.name).")
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

    /// Whether it has the form of one, such as `pacs.008.001.08`: only then may it be repeated.
    private func isMessageName(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-z]{4}(\.[0-9]{2,3}){3}/) != nil
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
        if let institution = try child("FIId") { return try institution.institution().bic }
        return try descendant(["OrgId", "Id", "OrgId"])?.organisation()
    }
}
