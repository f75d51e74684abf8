//! What a failure to get credentials means: that there are none, that their provider may answer later, or that it refused.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;

/// Why there are no credentials to sign a call with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// No provider of the chain has any.
    NotConfigured,
    /// A provider gave no answer, or one that says "later".
    Later(String),
    /// A provider refused, or its settings are wrong.
    Refused(String),
}

/// The lack of credentials that is behind a failed call, if one is.
pub(super) fn lack(error: &(dyn Error + 'static)) -> Option<Lack> {
    let found = sources(error).find_map(|error| error.downcast_ref::<CredentialsError>())?;
    Some(match found {
        CredentialsError::CredentialsNotLoaded(_) => Lack::NotConfigured,
        CredentialsError::ProviderTimedOut(_) => Lack::Later(words(found)),
        _ if sources(found).any(passes) => Lack::Later(words(found)),
        _ => Lack::Refused(words(found)),
    })
}

fn sources<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Whether a provider's own call failed in a way that passes.
fn passes(error: &(dyn Error + 'static)) -> bool {
    is_passing::<AssumeRoleWithWebIdentityError>(error)
        || is_passing::<AssumeRoleError>(error)
        || is_passing::<CredentialsError>(error)
}

fn is_passing<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    match error.downcast_ref::<SdkError<E, HttpResponse>>() {
        Some(SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_)) => true,
        Some(error) => error.raw_response().is_some_and(|answer| matches!(answer.status().as_u16(), 429 | 500..=599)),
        None => false,
    }
}

/// What the provider said: the words of AWS's token service, which its client's errors do not print, else the errors'.
fn words(error: &(dyn Error + 'static)) -> String {
    let said = sources(error).find_map(|error| {
        let role = error.downcast_ref::<AssumeRoleError>().map(ProvideErrorMetadata::meta);
        role.or_else(|| error.downcast_ref::<AssumeRoleWithWebIdentityError>().map(ProvideErrorMetadata::meta))
    });
    match said.and_then(|said| Some((said.code()?, said.message().unwrap_or_default()))) {
        Some((code, message)) => format!("the token service answered {code}: {message}"),
        None => sources(error).map(ToString::to_string).collect::<Vec<_>>().join(": "),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_sdk_s3::error::ErrorMetadata;
    use aws_sdk_s3::operation::get_object::GetObjectError;
    use aws_sdk_s3::primitives::SdkBody;

    use super::*;

    fn behind_a_call(error: CredentialsError) -> SdkError<GetObjectError, HttpResponse> {
        SdkError::construction_failure(error)
    }

    fn answered(status: u16, code: &str) -> CredentialsError {
        let said = ErrorMetadata::builder().code(code).message("not now").build();
        let answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        CredentialsError::provider_error(SdkError::service_error(AssumeRoleWithWebIdentityError::generic(said), answer))
    }

    #[test]
    fn only_credentials_that_no_provider_has_are_not_configured() {
        let none = behind_a_call(CredentialsError::not_loaded("nothing in the environment"));
        assert_eq!(lack(&none), Some(Lack::NotConfigured));
    }

    #[test]
    fn a_token_service_that_is_late_or_away_may_answer_later() {
        for error in [
            CredentialsError::provider_timed_out(Duration::from_secs(5)),
            answered(503, "ServiceUnavailable"),
            answered(429, "Throttling"),
            CredentialsError::unhandled(SdkError::<CredentialsError, HttpResponse>::timeout_error("late")),
        ] {
            assert!(matches!(lack(&behind_a_call(error)), Some(Lack::Later(_))));
        }
    }

    #[test]
    fn a_refusal_of_the_token_service_is_told_in_its_words() {
        let Some(Lack::Refused(words)) = lack(&behind_a_call(answered(403, "AccessDenied"))) else {
            panic!("not refused");
        };
        assert_eq!(words, "the token service answered AccessDenied: not now");
        let wrong = behind_a_call(CredentialsError::invalid_configuration("role_arn has no source_profile"));
        assert!(matches!(lack(&wrong), Some(Lack::Refused(words)) if words.contains("role_arn has no source_profile")));
    }
}
