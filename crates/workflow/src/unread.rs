//! What is said of JSON that cannot be read as what it should be: the English is the reader's of JSON; its usual sentences
//! are known in Chinese, too, and whatever else it says becomes one sentence there.

use serde_json::Error;

use crate::language::Bilingual;

/// Why a document was not read, in both languages.
#[must_use]
pub fn unread(error: &Error) -> Bilingual {
    let en = error.to_string();
    let zh = match (error.line(), en.split('`').collect::<Vec<_>>().as_slice()) {
        (1.., _) if !error.is_data() => {
            format!("不是有效的 JSON：第 {} 行第 {} 列有误", error.line(), error.column())
        }
        (_, ["missing field ", key, ..]) => format!("缺少 {key}"),
        (_, ["unknown field ", key, ..]) => format!("没有 {key} 这一项"),
        (_, ["duplicate field ", key, ..]) => format!("{key} 重复填写"),
        (_, ["unknown variant ", word, ..]) => format!("“{word}”不在可选值之内"),
        _ => "内容的类型或格式不符合要求".to_owned(),
    };
    Bilingual { zh, en }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::unread;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Named {
        #[expect(dead_code, reason = "only its being read is looked at")]
        name: String,
    }

    #[test]
    fn the_usual_sentences_are_known_in_chinese() {
        let said = |text: &str| {
            let error = serde_json::from_str::<Named>(text).expect_err("nothing of that shape");
            unread(&error).zh
        };
        assert_eq!(said("{}"), "缺少 name");
        assert_eq!(said(r#"{"nome":1}"#), "没有 nome 这一项");
        assert_eq!(said(r#"{"name":1}"#), "内容的类型或格式不符合要求");
        assert_eq!(said("{"), "不是有效的 JSON：第 1 行第 1 列有误");
    }
}
