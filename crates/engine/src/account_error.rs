//! Why an administrator did not change an account.

use workflow::language::{Bilingual, Language};

/// Why an account was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The separate administrators (三员分立).
    #[error("whoever administers the system or its security has no other role")]
    RolesTogether,
    #[error("the person stands in for somebody in a role that does not go with these; end that first")]
    StandsIn,
    #[error("nobody changes the own rights, lock or password here")]
    Own,
    /// Else one of the three could become another.
    #[error("the password of an administrator or auditor is renewed at the server's terminal only")]
    AtTheTerminal,
    /// Else whoever runs the identity provider, or gives identities, could be one of the three.
    #[error("administrators and auditors sign in with a password only")]
    PasswordOnly,
    #[error("this identity belongs to another account")]
    IdentityTaken,
    #[error("the account has an identity already; take that one away first")]
    IdentityThere,
    #[error("the account is closed")]
    Closed,
    #[error("this is for the city's administrators")]
    CityOnly,
}

impl AccountError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            AccountError::RolesTogether => "roles_together",
            AccountError::StandsIn => "stands_in",
            AccountError::Own => "own_account",
            AccountError::AtTheTerminal => "at_the_terminal",
            AccountError::PasswordOnly => "password_only",
            AccountError::IdentityTaken => "identity_taken",
            AccountError::IdentityThere => "identity_there",
            AccountError::Closed => "account_closed",
            AccountError::CityOnly => "city_only",
        }
    }

    /// The refusal in the reader's language.
    #[must_use]
    pub fn message(self, language: Language) -> String {
        let zh = match self {
            _ if language == Language::English => return self.to_string(),
            AccountError::RolesTogether => "系统管理员、安全管理员不得兼任其他角色（三员分立）",
            AccountError::StandsIn => "此人正在或将要代理他人的角色，与所授角色不得兼任；请先终止代理",
            AccountError::Own => "不能在此更改自己的权限、锁定或密码",
            AccountError::AtTheTerminal => "系统、安全管理员和审计员的密码只能在服务器终端重新发放",
            AccountError::PasswordOnly => "系统、安全管理员和审计员只能用密码登录（三员分立）",
            AccountError::IdentityTaken => "此统一身份已绑定另一个账号",
            AccountError::IdentityThere => "账号已绑定统一身份，请先解除",
            AccountError::Closed => "账号已注销",
            AccountError::CityOnly => "此事由市级管理员办理",
        };
        zh.to_owned()
    }
}

impl From<AccountError> for Bilingual {
    fn from(error: AccountError) -> Bilingual {
        (error.message(Language::Chinese), error.to_string()).into()
    }
}
