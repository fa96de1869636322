//! What can be wrong with one of many elements, so that no request of it is sent: the part of the
//! [catalogue](super::catalogue) that no receiver has to do with.

use super::Group;

catalogue! {
    /// Why no request can be made of one of many elements, so that it is not sent.
    ElementFault {
        FileEncoding "file-encoding" Element
            "It is not UTF-8."
            "Save the file as UTF-8."
        TooLong "element-too-long" Element
            "It has more than 64 MiB."
            "Look whether a line break behind an element is missing."
        NotObject "element-not-object" Element
            "It is JSON, and not an object."
            "Give one object for each element: one a line, or all of them in one list."
        Wrapped "element-wrapped" Element
            "It contains a list of elements instead of being an element."
            "Extract the elements, e.g. with `jq -c '.data[]'`."
        OtherFormat "data-format" Element
            "It is not JSON but another format."
            "Convert it to JSON first."
        JsonEmpty "json-empty" Element
            "It is empty."
            "Remove it."
        JsonTrailingData "json-trailing-data" Element
            "It is followed by other data."
            "Put each element on its own line, or all of them in one list."
        JsonComment "json-comment" Element
            "It contains a comment, which JSON does not allow."
            "Remove the comment."
        JsonTrailingComma "json-trailing-comma" Element
            "There is a comma after the last item of a list or an object."
            "Remove the comma."
        JsonSingleQuotes "json-single-quotes" Element
            "A key or a text is in single quotes."
            "Put it in double quotes."
        JsonLiteral "json-literal" Element
            "It contains a literal of another language, such as `True` or `None`."
            "Write `true`, `false` or `null`."
        JsonLookAlike "json-look-alike" Element
            "It contains a character that only looks like a JSON character, such as a typographic quotation mark."
            "Replace it as described in the error."
        JsonSyntax "json-syntax" Element
            "It is not valid JSON."
            "Fix it at the line and column of the error."
        JsonUnclosed "json-unclosed" Element
            "A text, a list or an object is not closed."
            "Check whether the file is incomplete, or an element spans several lines."
        JsonLoneSurrogate "json-lone-surrogate" Element
            "A text contains half of a surrogate pair, such as `\\ud83d`."
            "Write both halves, or the character itself."
        JsonTooDeep "json-too-deep" Element
            "Lists and objects in it are nested deeper than 128 levels."
            "Send less nested data: receivers refuse such bodies."
        CsvRow "csv-row" Element
            "The row does not have as many fields as there are columns."
            "Put fields that contain the delimiter, a quote or a line break in double quotes."
        CsvValue "csv-value" Element
            "A value does not have the type of its column."
            "Change the value; `hooks vars rsvp_answer` lists the types."
        SetPath "set-path" Element
            "`--set` or `--set-json` changes nothing in it."
            "Check the path: `hooks vars` lists the fields that there are."
        VariableMissing "variable-missing" Element
            "It lacks a variable of the webhook."
            "Add the field; `--allow-missing` sends an empty text instead."
        ProkeyFilter "prokey-filter" Element
            "It belongs to another event than the prokey filter names."
            "`--force` sends it all the same."
        NoProkey "no-prokey" Element
            "The element has no prokey, and the prokey filter names an event."
            "Add the `prokey` of the event; `--force` sends the element anyway."
        HeaderValueInvalid "header-value-invalid" Element
            "A header would contain a character that headers cannot contain, such as a line break."
            "Use a variable without such characters, or a body field."
        HeaderValueTooLong "header-value-too-long" Element
            "A header would have more than 8 KiB."
            "Use a body field: receivers refuse such headers."
        Unusable "element-unusable" Element
            "No request can be made of it."
            "Give it to `hooks preview`, which says why."
    }
}

impl ElementFault {
    /// What is wrong and what to do, each a sentence.
    pub fn sentences(self) -> (&'static str, &'static str) {
        (self.what(), self.next())
    }
}
