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
            "There is nothing in it."
            "Take it out."
        JsonTrailingData "json-trailing-data" Element
            "Something follows behind the element."
            "Give each element a line of its own, or put all of them in one list."
        JsonComment "json-comment" Element
            "It holds a comment, and JSON has none."
            "Take the comment out."
        JsonTrailingComma "json-trailing-comma" Element
            "A comma stands behind the last item of a list or an object."
            "Take the comma out."
        JsonSingleQuotes "json-single-quotes" Element
            "A key or a text stands in single quotes."
            "Put it in double quotes."
        JsonBadKey "json-bad-key" Element
            "A key in double quotes is missing where one is expected."
            "Put the key in double quotes."
        JsonBadNumber "json-bad-number" Element
            "A number is not written as JSON has it."
            "Write it without a plus, a leading zero or a point at its end; put what is a text in double quotes."
        JsonUnknownWord "json-unknown-word" Element
            "A word is not one of JSON, which has `true`, `false` and `null`."
            "Put what is a text in double quotes."
        JsonMissingValue "json-missing-value" Element
            "A value is missing."
            "Write `null` where there is none."
        JsonUnexpected "json-unexpected" Element
            "A comma, a colon or a bracket is missing."
            "Mend it where the error points to."
        JsonLookAlike "json-look-alike" Element
            "It contains a character that only looks like a JSON character, such as a typographic quotation mark."
            "Replace it as described in the error."
        JsonUnclosed "json-unclosed" Element
            "A text, a list or an object is not closed."
            "Look whether the file was cut off, or an element goes over several lines."
        JsonControlCharacter "json-control-character" Element
            "A text holds a control character as it is."
            "Write it as an escape, such as `\\t`."
        JsonBadEscape "json-bad-escape" Element
            "A text holds an escape that JSON does not have."
            "Write a backslash as `\\\\`."
        JsonLoneSurrogate "json-lone-surrogate" Element
            "A text holds half of a character, such as `\\ud83d`."
            "Write both halves, or the character itself."
        JsonTooDeep "json-too-deep" Element
            "Lists and objects in it are nested too deep."
            "Send less nested data: receivers refuse such bodies."
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
            "A header would hold a character that no header can carry, such as a line break."
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
