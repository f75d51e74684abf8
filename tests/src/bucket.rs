//! One bucket of an S3 store, asked from outside the scorer: what tests put there and what they find there.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{self, BehaviorVersion, Region, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_http_client::tls;
use tokio::runtime::Runtime;

use crate::StandError;

/// The keys of a store.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The id of the key.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
}

/// A bucket, with a client that waits for each answer.
pub struct Bucket {
    name: String,
    endpoint: String,
    region: String,
    credentials: Credentials,
    client: Client,
    runtime: Runtime,
}

impl Bucket {
    /// The bucket of that name at `endpoint`; it need not exist yet.
    pub fn new(endpoint: &str, region: &str, name: &str, credentials: Credentials) -> Result<Self, StandError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| StandError::Start { program: "the S3 client".to_owned(), source })?;
        let tls = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
        let keys = config::Credentials::new(&credentials.access_key, &credentials.secret_key, None, None, "stand");
        let settings = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().tls_provider(tls).build_https())
            .endpoint_url(endpoint)
            .region(Region::new(region.to_owned()))
            .credentials_provider(keys)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Ok(Self {
            name: name.to_owned(),
            endpoint: endpoint.to_owned(),
            region: region.to_owned(),
            credentials,
            client: Client::from_conf(settings),
            runtime,
        })
    }

    /// The bucket's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The store's address.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The store's region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The keys that open the bucket.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Creates the bucket.
    pub fn create(&self) -> Result<(), StandError> {
        let call = self.client.create_bucket().bucket(&self.name).send();
        self.runtime.block_on(call).map_err(|error| refused("create", &self.name, error))?;
        Ok(())
    }

    /// Writes an object.
    pub fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), StandError> {
        let call = self.client.put_object().bucket(&self.name).key(key).body(ByteStream::from(bytes)).send();
        self.runtime.block_on(call).map_err(|error| refused("put", key, error))?;
        Ok(())
    }

    /// Writes an object on the condition that there is none; a store that honours conditions refuses where there is one.
    pub fn put_if_absent(&self, key: &str, bytes: Vec<u8>) -> Result<(), StandError> {
        let call =
            self.client.put_object().bucket(&self.name).key(key).if_none_match("*").body(ByteStream::from(bytes));
        self.runtime.block_on(call.send()).map_err(|error| refused("put", key, error))?;
        Ok(())
    }

    /// Begins an upload in parts and leaves it so; its id.
    pub fn begin_upload(&self, key: &str) -> Result<String, StandError> {
        let call = self.client.create_multipart_upload().bucket(&self.name).key(key).send();
        let upload = self.runtime.block_on(call).map_err(|error| refused("begin an upload of", key, error))?;
        Ok(upload.upload_id().unwrap_or_default().to_owned())
    }

    /// Aborts an upload in parts.
    pub fn abort_upload(&self, key: &str, id: &str) -> Result<(), StandError> {
        let call = self.client.abort_multipart_upload().bucket(&self.name).key(key).upload_id(id).send();
        self.runtime.block_on(call).map_err(|error| refused("abort the upload of", key, error))?;
        Ok(())
    }

    /// An object's bytes.
    pub fn get(&self, key: &str) -> Result<Vec<u8>, StandError> {
        self.runtime.block_on(async {
            let answer = self.client.get_object().bucket(&self.name).key(key).send().await;
            let body = answer.map_err(|error| refused("get", key, error))?.body.collect().await;
            Ok(body.map_err(|error| refused("read", key, error))?.to_vec())
        })
    }

    /// Removes an object.
    pub fn remove(&self, key: &str) -> Result<(), StandError> {
        let call = self.client.delete_object().bucket(&self.name).key(key).send();
        self.runtime.block_on(call).map_err(|error| refused("remove", key, error))?;
        Ok(())
    }

    /// The keys under a prefix, in order.
    pub fn keys(&self, prefix: &str) -> Result<Vec<String>, StandError> {
        self.runtime.block_on(async {
            let mut pages = self.client.list_objects_v2().bucket(&self.name).prefix(prefix).into_paginator().send();
            let mut keys = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| refused("list", prefix, error))?;
                keys.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
            }
            keys.sort();
            Ok(keys)
        })
    }

    /// The keys of multipart uploads that were begun and neither completed nor aborted.
    pub fn pending_uploads(&self) -> Result<Vec<String>, StandError> {
        let call = self.client.list_multipart_uploads().bucket(&self.name).send();
        let page = self.runtime.block_on(call).map_err(|error| refused("list uploads of", &self.name, error))?;
        Ok(page.uploads().iter().filter_map(|upload| upload.key().map(str::to_owned)).collect())
    }
}

fn refused(doing: &'static str, object: &str, error: impl std::error::Error) -> StandError {
    StandError::Store { doing, object: object.to_owned(), answer: DisplayErrorContext(error).to_string() }
}
