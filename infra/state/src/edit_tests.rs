use super::*;
use crate::testing::{component, names, resource, snapshot, urn};

fn state() -> Snapshot {
    let service = component("auth");
    let mut a = resource("a", &[]);
    a.parent = Some(service.urn.clone());
    snapshot([service, a, resource("b", &["a"]), resource("c", &["b"]), resource("x", &[])])
}

fn service() -> Urn {
    component("auth").urn
}

#[test]
fn filters_narrow_each_other() {
    let state = state();
    let within = Filter { within: Some(service()), ..Filter::default() };
    assert_eq!(find(&state, &within).len(), 2);
    let both = Filter { text: Some("::a".into()), ..within };
    assert_eq!(find(&state, &both).len(), 2);
    let kind = Filter { kind: Some(Type::from("goodgo:platform:Service")), ..Filter::default() };
    assert_eq!(find(&state, &kind).len(), 1);
    assert!(matches!(show(&state, &urn("nobody")), Err(EditError::NotFound { .. })));
}

#[test]
fn a_rename_goes_through_all_that_refer_to_it() {
    let renamed = rename(&state(), &urn("a"), &urn("z")).unwrap();
    assert_eq!(names(&renamed), ["auth", "z", "b", "c", "x"]);
    assert_eq!(renamed.resources[2].dependencies, [urn("z")]);
    let parent = Urn::new("local", "shop", "goodgo:platform:Service", "login");
    let renamed = rename(&renamed, &service(), &parent).unwrap();
    assert_eq!(renamed.resources[1].parent, Some(parent));
    assert!(matches!(rename(&state(), &urn("a"), &urn("b")), Err(EditError::Taken { .. })));
}

#[test]
fn what_others_depend_on_is_removed_only_with_them() {
    let error = remove(&state(), &urn("a"), Removal::default()).unwrap_err();
    let EditError::HasDependents { dependents, .. } = &error else { panic!("{error}") };
    assert_eq!(*dependents, [urn("b"), urn("c")]);
    let with = Removal { dependents: true, force: false };
    let (left, gone) = remove(&state(), &urn("a"), with).unwrap();
    assert_eq!((names(&left), gone.len()), (vec!["auth", "x"], 3));
}

#[test]
fn what_is_protected_or_under_way_is_not_removed() {
    let mut state = state();
    Arc::make_mut(&mut state.resources[4]).protect = true;
    let error = remove(&state, &urn("x"), Removal::default()).unwrap_err();
    assert!(matches!(error, EditError::Protected { .. }), "{error}");
    let force = Removal { dependents: false, force: true };
    assert_eq!(names(&remove(&state, &urn("x"), force).unwrap().0), ["auth", "a", "b", "c"]);
    let operation = goodgo_model::PendingKind::Updating;
    let resource = state.resources[4].clone();
    state.pending.push(goodgo_model::Pending { operation, resource });
    let error = remove(&state, &urn("x"), force).unwrap_err();
    assert!(matches!(error, EditError::Pending { .. }), "{error}");
}

#[test]
fn a_resource_moves_under_another_component_but_not_under_its_own() {
    let moved = reparent(&state(), &urn("x"), Some(&service())).unwrap();
    assert_eq!(show(&moved, &urn("x")).unwrap()[0].parent, Some(service()));
    let error = reparent(&state(), &service(), Some(&urn("a"))).unwrap_err();
    assert!(matches!(error, EditError::OwnParent { .. }), "{error}");
}

#[test]
fn what_nobody_needs_moves_to_another_environment() {
    let error = split(&state(), &service(), "staging", "shop").unwrap_err();
    assert!(matches!(error, EditError::HasDependents { .. }), "{error}");
    let state = remove(&state(), &urn("b"), Removal { dependents: true, force: false }).unwrap().0;
    let (left, taken) = split(&state, &service(), "staging", "shop").unwrap();
    assert_eq!(names(&left), ["x"]);
    let joined = join(&Snapshot::default(), taken.clone()).unwrap();
    assert_eq!(names(&joined), ["auth", "a"]);
    assert!(joined.resources.iter().all(|one| one.urn.environment() == "staging"));
    assert!(matches!(join(&joined, taken), Err(EditError::Taken { .. })));
}
