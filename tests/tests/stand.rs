//! The stand itself: stores start empty, keep what they are given, and differ in the one way that the product must
//! live with.

use scoring_tests::{Behaviour, HttpServer, Place, StandError, fixture};

fn keeps_what_it_is_given(place: &Place) -> Result<(), StandError> {
    assert_eq!(place.keys("rides")?, Vec::<String>::new());
    place.put("rides/sound.parquet", &fixture("bad-input/sound.parquet"))?;
    assert_eq!(place.keys("rides")?, ["rides/sound.parquet"]);
    assert!(place.get("rides/sound.parquet")?.ends_with(b"PAR1"));
    assert_eq!(place.pending_uploads()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_folder_keeps_what_it_is_given() {
    keeps_what_it_is_given(&Place::folder().unwrap()).unwrap();
}

#[test]
fn garage_keeps_what_it_is_given() {
    keeps_what_it_is_given(&Place::garage().unwrap()).unwrap();
}

#[test]
fn s3s_fs_keeps_what_it_is_given() {
    keeps_what_it_is_given(&Place::s3s_fs().unwrap()).unwrap();
}

#[test]
fn one_store_honours_a_condition_on_a_write_and_the_other_ignores_it() {
    let (garage, s3s_fs) = (Place::garage().unwrap(), Place::s3s_fs().unwrap());
    for (place, honours) in [(garage, false), (s3s_fs, true)] {
        let bucket = place.bucket().unwrap();
        bucket.put("key", b"first".to_vec()).unwrap();
        assert_eq!(bucket.put_if_absent("key", b"second".to_vec()).is_err(), honours);
        assert_eq!(bucket.get("key").unwrap() == b"first", honours);
    }
}

#[test]
fn a_begun_upload_is_seen_until_it_is_aborted() {
    for place in [Place::garage().unwrap(), Place::s3s_fs().unwrap()] {
        let bucket = place.bucket().unwrap();
        let upload = bucket.begin_upload("out/part").unwrap();
        assert!(!place.pending_uploads().unwrap().is_empty());
        bucket.abort_upload("out/part", &upload).unwrap();
        assert_eq!(place.pending_uploads().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn servers_are_gone_with_their_owner() {
    let folder = tempfile::tempdir().unwrap();
    let server = HttpServer::start(folder.path(), Behaviour::Ranges).unwrap();
    let address = server.uri("").trim_start_matches("http://").trim_end_matches('/').to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(server);
    assert!(std::net::TcpStream::connect(&address).is_err());
}
