//! Telling events. They are written once, after what they tell is stored; one that is lost is still in the status.

use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::api::PostParams;
use kube::{Api, Resource, ResourceExt};

use super::Writer;
use crate::names;
use crate::report::{Note, NoteKind};

impl Writer {
    /// Tells what has happened to an object.
    pub async fn tell<K: Resource<DynamicType = ()>>(&self, object: &K, notes: &[Note]) {
        let namespace = object.namespace().unwrap_or_default();
        let events = Api::<Event>::namespaced(self.client.clone(), &namespace);
        for (number, note) in notes.iter().enumerate() {
            let event = self.event(object.object_ref(&()), note, number);
            if let Err(error) = events.create(&PostParams::default(), &event).await {
                tracing::debug!(%error, object = object.name_any(), reason = note.reason, "an event was not stored");
            }
        }
    }

    fn event(&self, regarding: ObjectReference, note: &Note, number: usize) -> Event {
        let now = self.clock.now();
        let name = regarding.name.as_deref().unwrap_or_default();
        Event {
            metadata: ObjectMeta {
                name: Some(format!("{name}.{:x}{number}", now.as_nanosecond())),
                namespace: regarding.namespace.clone(),
                ..ObjectMeta::default()
            },
            action: Some(note.action.to_owned()),
            event_time: Some(MicroTime(now)),
            note: Some(note.text.clone()),
            reason: Some(note.reason.clone()),
            regarding: Some(regarding),
            reporting_controller: Some(format!("batchscoring.io/{}", names::FIELD_MANAGER)),
            reporting_instance: Some(self.instance.clone()),
            type_: Some(match note.kind {
                NoteKind::Normal => "Normal".to_owned(),
                NoteKind::Warning => "Warning".to_owned(),
            }),
            ..Event::default()
        }
    }
}
