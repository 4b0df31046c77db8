// Opening the bite for the eye: the lower jaw turns about the axis of its condyles, where mean values put it.
import { Matrix3, Matrix4, Vector3, type Box3 } from "three";

/** Bonwill's triangle, 4 inches a side: from the lower incisors to the condyles' axis it is as long as its height. */
const TO_AXIS_MM = 101.6 * Math.sin(Math.PI / 3);
/** Balkwill's angle between that way and the occlusal plane; a mean value. */
const RISE = (26 * Math.PI) / 180;

/** Where the lower jaw is seen when opened by `degrees`, in file coordinates. `lower`: its box in the patient's frame. */
export function opened(degrees: number, lower: Box3, frame: Matrix3): Matrix4 {
  const incisors = new Vector3((lower.min.x + lower.max.x) / 2, lower.max.y, lower.max.z);
  const axis = incisors.add(new Vector3(0, TO_AXIS_MM * Math.sin(RISE), -TO_AXIS_MM * Math.cos(RISE)));
  const toPatient = new Matrix4().setFromMatrix3(frame);
  return toPatient
    .clone()
    .transpose()
    .multiply(new Matrix4().makeTranslation(axis))
    .multiply(new Matrix4().makeRotationX((degrees * Math.PI) / 180))
    .multiply(new Matrix4().makeTranslation(axis.clone().negate()))
    .multiply(toPatient);
}
