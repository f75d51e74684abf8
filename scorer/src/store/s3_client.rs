//! The S3 client: one TLS stack (rustls with ring), a time-out on everything, no retries of its own (a repeated
//! conditional write answers 412 to its own success: icechunk issue 2099), and credentials by the AWS SDK's chain.
//!
//! The chain is the environment, the profile, the web identity and the container's endpoint. The instance's metadata
//! service is no part of it: a tenant's run has no business with its node's credentials. Only a profile can lead there, by
//! `credential_source`; profiles are written by whoever runs the scorer, not by a task.

use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider};
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Region, RequestChecksumCalculation, ResponseChecksumValidation, SharedHttpClient,
    StalledStreamProtectionConfig,
};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};

use crate::task::Storage;

/// The time that making a connection may take.
const CONNECT: Duration = Duration::from_millis(3100);
/// The time from the beginning of a request, which has no body or a small one, to the first byte of its answer.
const FIRST_BYTE: Duration = Duration::from_secs(15);
/// The time of a call that sends no data, to the end of its answer; to the beginning of the body where it is streamed.
const CALL: Duration = Duration::from_secs(75);
/// The time of a call that sends data, beside what sending takes.
const SENDING: Duration = Duration::from_secs(30);
/// Bytes a second that a line must move at least.
const SLOWEST: u64 = 1_000_000;

/// A client with these settings. Nothing is asked of the store.
pub(super) async fn client(settings: &Storage) -> aws_sdk_s3::Client {
    let http: SharedHttpClient =
        aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(FIRST_BYTE)
        .operation_attempt_timeout(CALL)
        .operation_timeout(CALL)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http.clone())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    let provider = ProviderConfig::without_region().with_http_client(http);
    let region = region(settings, &provider).await;
    loader = loader.region(region.clone());
    loader = if settings.anonymous {
        loader.no_credentials()
    } else {
        loader.credentials_provider(credentials(settings, &provider.with_region(Some(region))))
    };
    let shared = loader.load().await;
    let mut config = aws_sdk_s3::config::Builder::from(&shared)
        .force_path_style(settings.path_style)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    if let Some(endpoint) = &settings.endpoint {
        config = config.endpoint_url(endpoint);
    }
    aws_sdk_s3::Client::from_conf(config.build())
}

/// The time-outs of a call that sends this many bytes. The client counts the sending into the time to the first byte of the
/// answer (aws-smithy-http-client 1.5, `read_timeout`), so that one is left out here.
pub(super) fn sending(bytes: u64) -> aws_sdk_s3::config::Builder {
    let time = SENDING + Duration::from_millis(bytes.saturating_mul(1000) / SLOWEST);
    let timeouts = TimeoutConfig::builder().disable_read_timeout();
    let timeouts = timeouts.operation_attempt_timeout(time).operation_timeout(time).build();
    aws_sdk_s3::config::Builder::new().timeout_config(timeouts)
}

async fn region(settings: &Storage, provider: &ProviderConfig) -> Region {
    if let Some(region) = &settings.region {
        return Region::new(region.clone());
    }
    if let Some(region) = EnvironmentVariableRegionProvider::new().region().await {
        return region;
    }
    let mut profile = ProfileFileRegionProvider::builder().configure(provider);
    if let Some(name) = &settings.profile {
        profile = profile.profile_name(name);
    }
    profile.build().region().await.unwrap_or(Region::from_static("us-east-1"))
}

fn credentials(settings: &Storage, provider: &ProviderConfig) -> CredentialsProviderChain {
    let mut profile = ProfileFileCredentialsProvider::builder().configure(provider);
    if let Some(name) = &settings.profile {
        // A profile that is named is what is meant, whatever the environment holds.
        profile = profile.profile_name(name);
        return CredentialsProviderChain::first_try("Profile", profile.build());
    }
    CredentialsProviderChain::first_try("Environment", EnvironmentVariableCredentialsProvider::new())
        .or_else("Profile", profile.build())
        .or_else("WebIdentityToken", WebIdentityTokenCredentialsProvider::builder().configure(provider).build())
        .or_else("Container", EcsCredentialsProvider::builder().configure(provider).build())
}
