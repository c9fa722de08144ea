#pragma once

#include <libxml/xmlversion.h>

// Where libxml2 is built with ICU, its headers pull in the system's ICU, whose types clash with
// those inside Foundation. The converters they describe are nothing that we touch.
#undef LIBXML_ICU_ENABLED

#include <libxml/globals.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

static void langqiao_xml_ignore_text(void *context, const char *message, ...) {
    (void)context;
    (void)message;
}

static void langqiao_xml_ignore_error(void *context, xmlErrorPtr error) {
    (void)context;
    (void)error;
}

/// Makes libxml2 keep silent on this thread and on every thread that comes: what has no handler of
/// a parser's own, such as a fault of a conversion or a lack of memory, would otherwise go to
/// standard error. Warnings are not even put into words. To be called on a thread before it parses.
static inline void langqiao_xml_keep_silent(void) {
    xmlThrDefSetGenericErrorFunc(NULL, langqiao_xml_ignore_text);
    xmlThrDefSetStructuredErrorFunc(NULL, langqiao_xml_ignore_error);
    xmlSetGenericErrorFunc(NULL, langqiao_xml_ignore_text);
    xmlSetStructuredErrorFunc(NULL, langqiao_xml_ignore_error);
    xmlGetWarningsDefaultValue = 0;
}
