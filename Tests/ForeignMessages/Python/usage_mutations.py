"""Changes the example messages of cbpr-usage-rules at random and judges what comes out.

Standard input: a rule set's name, how many documents, and a seed. Standard output, for each
document: its bytes, a NUL, a line as `usage_verdicts.py` writes it, and a NUL; first come the
examples themselves.

A long example holds every element once. It is thinned out at random, so that elements are there and
missing in all combinations, and then changed in up to four places. What goes in is what the rules
are about; forms that no schema lets through are left to the tests of the reader.
"""

import copy
import random
import sys

import cbpr_rules
from lxml import etree

from usage_verdicts import findings, line

TEXTS = {
    "IBAN": ["DE89370400440532013000", "DE88370400440532013000", "FR1420041010050500013M02606",
             "GB33BUKB20201555555555", "ZZ89370400440532013000", "DE8937040044053201300"],
    "BICFI": ["ABCDGB2L", "ABCDGB2LXXX", "DEUTDEFF", "BNLIITRR", "VATIVAVA", "ABCDZZ2L",
              "BNPAFRPP", "CFMOMCMX", "BSCHESMM", "CRDAADAD", "SMSMSMSM"],
    "LEI": ["529900T8BM49AURSDO55", "529900T8BM49AURSDO56", "HWUPKR0MPOU8FGXBT394"],
    "Ctry": ["DE", "CN", "ZZ", "TH", "QQ"],
    "Ccy": ["EUR", "THB", "QQQ", "CNY"],
    "ChrgBr": ["DEBT", "CRED", "SHAR"],
    "TxSts": ["RJCT", "ACSC", "PDNG"],
    "InstrPrty": ["HIGH", "NORM"],
    "Prty": ["HIGH", "NORM"],
    "CpyDplct": ["COPY", "CODU", "DUPL"],
    "CpyDplctInd": ["COPY", "CODU", "DUPL"],
    "PgNb": ["0", "1", "00", "00000", "10"],
    "InstrId": ["/A1", "A1/", "A//1", "A/1", "A1"],
    "OrgnlInstrId": ["/A1", "A1/", "A//1", "A/1", "A1"],
    "EndToEndId": ["/E1", "E1/", "ABCDEFGHIJKLMNO/P", "ABCDEFGHIJKLMN//P", "ABCDEFGHIJKLMNOP//",
                   "E/1", ""],
    "OrgnlMsgNmId": ["pacs.008.001.08", "pacs.002.001.10", "pacs.003.001.08", "pacs.010.001.03",
                     "MT103", "MT202COV", "pacs.008.001.8", "pain.001.001.09", "camt.053.001.08"],
    "MsgDefIdr": ["pacs.008.001.08", "pacs.009.001.08", "camt.052.001.08", "camt.054.001.08"],
    "MsgId": ["M1", "M2"],
    "BizMsgIdr": ["M1", "M2", "X-M1-X"],
    "PmtInfId": ["M1", "M2"],
    "AddtlInf": ["PART", "WHOLE"],
    "AdrLine": ["Old Street 7, Springfield", "Springfieldian Road", "DEF 12345", "B.12345.C"],
    "TwnNm": ["Springfield", "Old", "Li", "12345"],
    "PstCd": ["12345", "123", "7"],
    "StrtNm": ["Old Street", "Road"],
    "Cd": ["G001", "G004", "G007", "PHOB", "TELB", "CHQB", "HOLD", "BOOK", "PDNG"],
}
AMOUNTS = ["1000.00", "1000", "999.99", "1000.01", "0.00", "1010.00", "20.00"]
CURRENCIES = ["EUR", "EUR", "EUR", "USD", "XAU", "XPT", "QQQ"]

# BICs of banks between which a payment is as good as domestic, and one of elsewhere.
COUPLES = ["DEUTDEFF", "BNLIITRR", "VATIVAVA", "BNPAFRPP", "CFMOMCMX", "BSCHESMM", "CRDAADAD",
           "SMSMSMSM", "BKKBTHBK"]
COMPARED_AGENTS = {"Fr", "To", "InstgAgt", "InstdAgt", "DbtrAgt", "CdtrAgt", "Svcr"}

ADDRESS = ("<PstlAdr><PstCd>12345</PstCd><TwnNm>Springfield</TwnNm><Ctry>DE</Ctry>"
           "<AdrLine>Springfield-West, 12345</AdrLine></PstlAdr>")
AGENT = "<FinInstnId><BICFI>DEUTDEFF</BICFI><Nm>Bank</Nm></FinInstnId>"
PARTY_AS_BIC = "<Id><OrgId><AnyBIC>DEUTDEFF</AnyBIC></OrgId></Id>"
STRUCTURED = f"<Strd><AddtlRmtInf>{'x' * 4800}</AddtlRmtInf><AddtlRmtInf>y</AddtlRmtInf></Strd>"

# What may be put inside an element of this name.
PIECES = {
    "AppHdr": ["<CpyDplct>COPY</CpyDplct>", "<CpyDplct>DUPL</CpyDplct>", "<Prty>HIGH</Prty>"],
    "Fr": ["<FIId><FinInstnId><BICFI>DEUTDEFF</BICFI></FinInstnId></FIId>"],
    "To": ["<FIId><FinInstnId><BICFI>BKKBTHBK</BICFI></FinInstnId></FIId>"],
    "Rpt": ["<RptPgntn><PgNb>00000</PgNb></RptPgntn>"],
    "Ntfctn": ["<NtfctnPgntn><PgNb>0</PgNb></NtfctnPgntn>"],
    "Acct": ["<Svcr><FinInstnId><BICFI>ABCDZZ2L</BICFI></FinInstnId></Svcr>"],
    "FinInstnId": ["<Nm>Bank</Nm>", ADDRESS, "<LEI>529900T8BM49AURSDO56</LEI>"],
    "RmtInf": ["<Ustrd>text</Ustrd>", STRUCTURED, STRUCTURED],
    "CdtTrfTxInf": ["<InstrForCdtrAgt><Cd>TELB</Cd></InstrForCdtrAgt>",
                    "<InstrForCdtrAgt><Cd>PHOB</Cd></InstrForCdtrAgt>",
                    "<InstrForCdtrAgt><Cd>HOLD</Cd></InstrForCdtrAgt>",
                    "<InstrForCdtrAgt><Cd>CHQB</Cd></InstrForCdtrAgt>",
                    "<RltdRmtInf><RmtId>R</RmtId></RltdRmtInf>",
                    "<RmtInf><Ustrd>text</Ustrd></RmtInf>",
                    f"<RmtInf><Strd><Invcr>{ADDRESS}</Invcr><Invcee>{ADDRESS}</Invcee></Strd>"
                    "</RmtInf>",
                    f"<RmtInf><Strd><GrnshmtRmt><Grnshee>{ADDRESS}</Grnshee><GrnshmtAdmstr>"
                    f"{ADDRESS}</GrnshmtAdmstr></GrnshmtRmt></Strd></RmtInf>",
                    f"<ChrgsInf><Agt>{AGENT}</Agt></ChrgsInf>",
                    "<CdtrAcct><Id><IBAN>DE88370400440532013000</IBAN></Id></CdtrAcct>",
                    "<PmtId><InstrId>A//1</InstrId></PmtId>",
                    "<ChrgBr>DEBT</ChrgBr>",
                    f"<RmtInf>{STRUCTURED}{STRUCTURED}</RmtInf>",
                    "<PmtTpInf><SvcLvl><Cd>G002</Cd></SvcLvl></PmtTpInf>"],
    "PmtInf": ["<DbtrAgt><FinInstnId><BICFI>ABCDZZ2L</BICFI></FinInstnId></DbtrAgt>"],
    "Strd": [f"<Invcr>{ADDRESS}</Invcr>", f"<Invcee>{ADDRESS}</Invcee>",
             f"<GrnshmtRmt><Grnshee>{ADDRESS}</Grnshee></GrnshmtRmt>",
             f"<GrnshmtRmt><GrnshmtAdmstr>{ADDRESS}</GrnshmtAdmstr></GrnshmtRmt>"],
    "TxDtls": ["<Intrst><TtlIntrstAndTaxAmt Ccy='EUR'>9.00</TtlIntrstAndTaxAmt>"
               "<Rcrd><Amt Ccy='EUR'>4.00</Amt></Rcrd><Rcrd><Amt Ccy='EUR'>5.01</Amt></Rcrd>"
               "</Intrst>",
               "<Intrst><TtlIntrstAndTaxAmt Ccy='EUR'>9.00</TtlIntrstAndTaxAmt>"
               "<Rcrd><Amt Ccy='EUR'>5.02</Amt></Rcrd><Rcrd><Amt Ccy='EUR'>4.00</Amt></Rcrd>"
               "</Intrst>",
               f"<RmtInf>{STRUCTURED}{STRUCTURED}</RmtInf>",
               "<Refs><InstrId>/A</InstrId></Refs>"],
    "TxInf": ["<OrgnlTxRef><IntrBkSttlmDt>2026-01-01</IntrBkSttlmDt></OrgnlTxRef>",
              "<OrgnlIntrBkSttlmDt>2026-01-01</OrgnlIntrBkSttlmDt>",
              "<OrgnlTxRef><IntrBkSttlmAmt Ccy='XAG'>9.00</IntrBkSttlmAmt></OrgnlTxRef>",
              "<OrgnlTxRef><DbtrAcct><Id><IBAN>DE1</IBAN></Id></DbtrAcct></OrgnlTxRef>",
              "<ChrgsInf><Agt><FinInstnId><Nm>Bank</Nm></FinInstnId></Agt></ChrgsInf>",
              "<RtrRsnInf><Orgtr><Nm>N</Nm></Orgtr></RtrRsnInf>"],
    "OrgnlTxRef": ["<IntrBkSttlmAmt Ccy='XAG'>9.00</IntrBkSttlmAmt>",
                   f"<RmtInf>{STRUCTURED}{STRUCTURED}</RmtInf>"],
    "TxInfAndSts": ["<OrgnlTxRef><IntrBkSttlmAmt Ccy='QQQ'>9.00</IntrBkSttlmAmt></OrgnlTxRef>",
                    "<OrgnlTxRef><CdtrAcct><Id><IBAN>ZZ89370400440532013000</IBAN></Id></CdtrAcct>"
                    "</OrgnlTxRef>",
                    "<FctvIntrBkSttlmDt><Dt>2026-01-01</Dt></FctvIntrBkSttlmDt>"],
    "Intrst": ["<Rcrd><Amt Ccy='EUR'>0.01</Amt></Rcrd>", "<Rcrd><Amt Ccy='EUR'>5.00</Amt></Rcrd>"],
    "PstlAdr": ["<AdrLine>Springfield</AdrLine>", "<AdrLine>at 12345</AdrLine>"],
}
for name in ("Dbtr", "Cdtr", "UltmtDbtr", "UltmtCdtr", "InitgPty", "Pty", "Orgtr", "Ownr", "Invcr",
             "Invcee", "Grnshee", "GrnshmtAdmstr"):
    PIECES[name] = [ADDRESS, PARTY_AS_BIC, "<Nm>Somebody</Nm>", f"<Agt>{AGENT}</Agt>"]


def local(element):
    return etree.QName(element).localname


def elements(root, name=None):
    found = [e for part in ("AppHdr", "Document") for e in root.iter("{*}" + part)]
    inside = [e for part in found for e in part.iter() if e is not part]
    return inside if name is None else [e for e in inside if local(e) == name]


def thin_out(root, chance, share):
    """Leaves out each element below the transaction, with all in it, with this probability."""
    for element in elements(root):
        parent = element.getparent()
        if parent is None or parent.getparent() is None or depth(element) < 4:
            continue
        if chance.random() < share:
            parent.remove(element)


def depth(element):
    return sum(1 for _ in element.iterancestors())


def change(root, chance):
    kind = chance.choice(["text", "text", "text", "piece", "piece", "piece", "agents", "drop",
                          "double", "amount", "copy", "rename", "move"])
    if kind == "piece":
        insert(root, chance)
    elif kind == "text":
        rewrite(root, chance)
    elif kind == "agents":
        exchange_agents(root, chance)
    elif kind == "amount":
        revalue(root, chance)
    elif kind == "copy":
        copy_text(root, chance)
    else:
        rearrange(root, chance, kind)


def insert(root, chance):
    names = sorted({local(e) for e in elements(root)} & PIECES.keys())
    if names:
        place = chance.choice(elements(root, chance.choice(names)))
        namespace = etree.QName(place).namespace
        for piece in chance.choices(PIECES[local(place)], k=chance.randint(1, 3)):
            wrapped = etree.fromstring(f"<p xmlns='{namespace}'>{piece}</p>")
            place.append(wrapped[0])


def exchange_agents(root, chance):
    """Those that rules compare, often with one BIC for all, and often in an original."""
    for mark in elements(root, "CpyDplct"):
        if chance.random() < 0.5:
            mark.getparent().remove(mark)
    bics = chance.choices(COUPLES, k=chance.randint(1, 3))
    for element in elements(root, "BICFI"):
        around = {local(e) for e in element.iterancestors()}
        if around & COMPARED_AGENTS and chance.random() < 0.7:
            element.text = chance.choice(bics)


def rewrite(root, chance):
    """Each name as likely as any other, however often it stands."""
    names = sorted({local(e) for e in elements(root)} & TEXTS.keys())
    if names:
        name = chance.choice(names)
        chance.choice(elements(root, name)).text = chance.choice(TEXTS[name])


def revalue(root, chance):
    amounts = [e for e in elements(root) if e.get("Ccy") is not None]
    for element in chance.sample(amounts, min(len(amounts), chance.randint(1, 3))):
        element.set("Ccy", chance.choice(CURRENCIES))
        element.text = chance.choice(AMOUNTS)


def copy_text(root, chance):
    """Gives one element the text of another: what must agree may agree again."""
    leaves = [e for e in elements(root) if len(e) == 0]
    if len(leaves) > 1:
        target, source = chance.sample(leaves, 2)
        target.text = source.text


def rearrange(root, chance, kind):
    places = [e for e in elements(root) if depth(e) > 3]
    if not places:
        return
    element = chance.choice(places)
    if kind == "drop":
        element.getparent().remove(element)
    elif kind == "double":
        element.addnext(copy.deepcopy(element))
    elif kind == "rename":
        element.tag = chance.choice(element.getparent()).tag
    else:
        parent = element.getparent()
        parent.remove(element)
        parent.insert(chance.randrange(len(parent) + 1), element)


def documents(rule_set, count, chance):
    examples = [cbpr_rules.example_message(year, rule_set, variant)
                for year in (2025, 2026) for variant in ("min", "max")]
    for text in examples:
        yield text.encode()
    originals = [etree.fromstring(text.encode()) for text in examples]
    for _ in range(count):
        root = copy.deepcopy(chance.choice(originals))
        size = sum(1 for _ in root.iter())
        if size > 100:
            thin_out(root, chance, chance.choice([0.2, 0.3, 0.4]))
        for _ in range(chance.randint(1, 4)):
            change(root, chance)
        yield etree.tostring(root)


def main():
    rule_set, count, seed = sys.stdin.read().split()
    chance = random.Random(int(seed))
    for document in documents(rule_set, int(count), chance):
        verdict = line(findings(document, rule_set))
        sys.stdout.buffer.write(document + b"\0" + verdict.encode() + b"\0")


if __name__ == "__main__":
    main()
